package io.botwatch.finding;

import java.util.UUID;

/**
 * The identity of a story: the same rule, tenant, group and episode give the same uid, live or backfilled.
 *
 * <p>It is the UUIDv5 in {@link #NAMESPACE} of {@code rule US tenant US group US episode}, where US is the unit
 * separator U+001F and the episode is decimal epoch ms, so that other tools can compute it.
 */
public final class FindingUid {
    /** Fixed for ever: the UUIDv5 of {@code botwatch.io} in the DNS namespace of RFC 9562. */
    public static final UUID NAMESPACE = UUID.fromString("f4e36b19-b4b4-5cd6-8f61-4126e3090d8a");

    private static final char SEPARATOR = '\u001f';

    private FindingUid() {}

    /**
     * @param groupKey what the rule groups by, as text; any text, as it stands between the separators
     * @param episodeMs start of the episode, epoch ms
     * @throws IllegalArgumentException when rule id or tenant hold U+001F, which would make two identities one
     */
    public static UUID of(String ruleId, String tenant, String groupKey, long episodeMs) {
        if (ruleId.indexOf(SEPARATOR) >= 0 || tenant.indexOf(SEPARATOR) >= 0) {
            throw new IllegalArgumentException("a rule id or tenant with U+001F in it");
        }
        return NameUuid.v5(NAMESPACE, ruleId + SEPARATOR + tenant + SEPARATOR + groupKey + SEPARATOR + episodeMs);
    }
}
