package io.botwatch.live;

import java.io.Serializable;

/**
 * Where a running job hears of changes of its rules.
 *
 * @param resultsTopic where they are answered
 * @param topic where they are asked for; null when a file is watched
 * @param file that is watched where the job's manager runs; null when there is a topic
 */
public record LiveRulesConfig(String resultsTopic, String topic, String file) implements Serializable {}
