package io.botwatch.live;

import io.botwatch.rules.RuleText;
import java.io.Serializable;

/**
 * What the control of a job's rules starts with.
 *
 * @param text the rules of a job that has no history yet; its files may be named at any time
 * @param shadowTopic whether there is a topic for findings of shadow rules
 * @param known number of the last change that the job's graph knows of already; 0 for none
 * @param desk where changes are asked for and answered
 */
public record LiveRulesStart(RuleText text, boolean shadowTopic, long known, RuleDesk.Factory desk) implements Serializable {}
