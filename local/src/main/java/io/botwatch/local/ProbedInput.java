package io.botwatch.local;

/**
 * What a probe read of a file or topic.
 *
 * @param name the file or topic
 * @param format as users know it
 * @param reason why it is read in this format
 * @param records read, of any outcome
 * @param whole whether that is all there is
 */
record ProbedInput(String name, String format, String reason, long records, boolean whole) {}
