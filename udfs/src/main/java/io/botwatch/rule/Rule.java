package io.botwatch.rule;

import io.botwatch.flow.TextHash;
import java.io.Serializable;

/** What a document asks to be found: a type, its thresholds, and whose traffic it looks at. Immutable. */
public interface Rule extends Serializable {
    RuleInfo info();

    /** How far back from its end a window of this rule reaches, ms: what a replay must read before what it asks for. */
    long windowMs();

    /** What state that was kept for this rule depends on, as text: a rule of the same id that says otherwise begins anew. */
    String structure();

    /** Names what is kept for this rule, in flight and in state. */
    default long stateKey() {
        return TextHash.of(info().id() + '|' + structure());
    }
}
