package io.botwatch.appraise;

import java.util.List;

/**
 * What is known besides who had to do with the one address.
 *
 * @param population internal hosts that were active within one to two days; 0 when not told yet
 * @param completeSinceMs since when every address that was seen is known, epoch ms; {@link Long#MAX_VALUE} when none was
 * @param names under which the candidate's host looked the address up, the latest first, at most three
 */
record Surroundings(long population, long completeSinceMs, List<String> names) {}
