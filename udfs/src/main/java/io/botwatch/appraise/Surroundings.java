package io.botwatch.appraise;

/**
 * What is known besides the one address.
 *
 * @param population internal hosts that were active within one to two days; 0 when not told yet
 * @param completeSinceMs since when every address that was seen is known, epoch ms; {@link Long#MAX_VALUE} when none was
 */
record Surroundings(long population, long completeSinceMs) {}
