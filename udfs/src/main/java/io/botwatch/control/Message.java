package io.botwatch.control;

import java.io.Serializable;

/**
 * A command on its way to the ledger.
 *
 * @param position where it came from, e.g. its offset; rises
 * @param key null when it has none
 * @param value null for a tombstone
 * @param whole whether the value is a whole document, which takes the place of the one before
 */
public record Message(long position, String key, byte[] value, boolean whole) implements Serializable {}
