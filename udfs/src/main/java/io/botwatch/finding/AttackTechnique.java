package io.botwatch.finding;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A technique of MITRE ATT&amp;CK {@value #VERSION} (https://attack.mitre.org), as far as flows can show it.
 *
 * @param uid e.g. {@code T1090.003}
 * @param name the (sub-)technique's own name; null when it is not one of those known here
 * @param parentName the parent's name for a sub-technique; null otherwise
 * @param tacticUid e.g. {@code TA0011}; null when not known here
 * @param tacticName null when not known here
 */
record AttackTechnique(String uid, String name, String parentName, String tacticUid, String tacticName) {
    static final String VERSION = "19.1";

    /** Acquire Infrastructure: Botnet. What all of this is about, though its own matrix column leaves no trace in flows. */
    static final String BOTNET = "T1583.005";

    private static final String TAG = "attack.t";
    private static final Map<String, String> TACTICS = Map.of(
            "TA0006", "Credential Access",
            "TA0007", "Discovery",
            "TA0010", "Exfiltration",
            "TA0011", "Command and Control",
            "TA0040", "Impact",
            "TA0042", "Resource Development",
            "TA0043", "Reconnaissance");
    private static final Map<String, AttackTechnique> KNOWN = Map.ofEntries(
            known("T1583", "Acquire Infrastructure", null, "TA0042"),
            known(BOTNET, "Botnet", "Acquire Infrastructure", "TA0042"),
            known("T1584", "Compromise Infrastructure", null, "TA0042"),
            known("T1584.005", "Botnet", "Compromise Infrastructure", "TA0042"),
            known("T1071", "Application Layer Protocol", null, "TA0011"),
            known("T1071.001", "Web Protocols", "Application Layer Protocol", "TA0011"),
            known("T1071.003", "Mail Protocols", "Application Layer Protocol", "TA0011"),
            known("T1071.004", "DNS", "Application Layer Protocol", "TA0011"),
            known("T1095", "Non-Application Layer Protocol", null, "TA0011"),
            known("T1571", "Non-Standard Port", null, "TA0011"),
            known("T1573", "Encrypted Channel", null, "TA0011"),
            known("T1090", "Proxy", null, "TA0011"),
            known("T1090.001", "Internal Proxy", "Proxy", "TA0011"),
            known("T1090.002", "External Proxy", "Proxy", "TA0011"),
            known("T1090.003", "Multi-hop Proxy", "Proxy", "TA0011"),
            known("T1568", "Dynamic Resolution", null, "TA0011"),
            known("T1568.001", "Fast Flux DNS", "Dynamic Resolution", "TA0011"),
            known("T1568.002", "Domain Generation Algorithms", "Dynamic Resolution", "TA0011"),
            known("T1029", "Scheduled Transfer", null, "TA0010"),
            known("T1498", "Network Denial of Service", null, "TA0040"),
            known("T1498.001", "Direct Network Flood", "Network Denial of Service", "TA0040"),
            known("T1498.002", "Reflection Amplification", "Network Denial of Service", "TA0040"),
            known("T1110", "Brute Force", null, "TA0006"),
            known("T1110.003", "Password Spraying", "Brute Force", "TA0006"),
            known("T1110.004", "Credential Stuffing", "Brute Force", "TA0006"),
            known("T1046", "Network Service Discovery", null, "TA0007"),
            known("T1595", "Active Scanning", null, "TA0043"),
            known("T1595.001", "Scanning IP Blocks", "Active Scanning", "TA0043"),
            known("T1595.002", "Vulnerability Scanning", "Active Scanning", "TA0043"));

    private static Map.Entry<String, AttackTechnique> known(String uid, String name, String parent, String tactic) {
        return Map.entry(uid, new AttackTechnique(uid, name, parent, tactic, TACTICS.get(tactic)));
    }

    boolean isSub() {
        return uid.indexOf('.') > 0;
    }

    String parentUid() {
        return isSub() ? uid.substring(0, uid.indexOf('.')) : uid;
    }

    /**
     * {@link #BOTNET} first, then the techniques of the tags in their order, each once; tags of other kinds are passed
     * over. A rule that names no observable technique gets the one of its finding type.
     */
    static List<AttackTechnique> of(List<String> tags, Finding.Type type) {
        Set<String> uids = new LinkedHashSet<>();
        uids.add(BOTNET);
        for (String tag : tags == null ? List.<String>of() : tags) {
            if (tag != null && tag.toLowerCase(Locale.ROOT).matches("attack\\.t\\d{4}(\\.\\d{3})?")) {
                uids.add("T" + tag.substring(TAG.length()));
            }
        }
        if (uids.size() == 1) {
            uids.add(switch (type) {
                case BEACON, IRC, LONG_CONNECTION, STORY -> "T1071";
                case VOLUMETRIC, OUTBOUND_FLOOD -> "T1498";
                case RELAY -> "T1090.003";
                case SPREADER -> "T1046";
                case SPAM -> "T1071.003";
                case DNS -> "T1071.004";
                case DGA -> "T1568.002";
            });
        }
        List<AttackTechnique> techniques = new ArrayList<>();
        for (String uid : uids) {
            AttackTechnique parent = KNOWN.get(uid.substring(0, 5));
            // A sub-technique that is not listed still has its parent's tactic.
            techniques.add(KNOWN.getOrDefault(
                    uid,
                    parent == null
                            ? new AttackTechnique(uid, null, null, null, null)
                            : new AttackTechnique(uid, null, parent.name, parent.tacticUid, parent.tacticName)));
        }
        return techniques;
    }
}
