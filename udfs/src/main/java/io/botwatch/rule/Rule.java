package io.botwatch.rule;

import java.io.Serializable;

/** What a document asks to be found: a type, its thresholds, and whose traffic it looks at. Immutable. */
public interface Rule extends Serializable {
    RuleInfo info();

    /** How far back from its end a window of this rule reaches, ms: what a replay must read before what it asks for. */
    long windowMs();
}
