package io.botwatch.ingest;

import io.botwatch.flow.Address;
import io.botwatch.ingest.UndecodableException.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The name and the answer of a DNS record on their way to a {@link Lookup}; its ends and time are those of a {@link FlowDraft}. */
final class LookupDraft {
    private static final int MAX_ADDRESS = 45;
    private static final Map<String, Integer> RCODES = Map.of(
            "NOERROR", 0, "FORMERR", 1, "SERVFAIL", 2, "NXDOMAIN", 3, "NOTIMP", 4, "REFUSED", 5);

    private String name;
    private int rcode;
    private final List<Address> answers = new ArrayList<>();

    void begin() {
        name = null;
        rcode = Lookup.UNANSWERED;
        answers.clear();
    }

    /** Whether a name was asked for. */
    boolean hasName() {
        return name != null;
    }

    void name(byte[] text, int from, int to) throws UndecodableException {
        if (FlowDraft.isUnset(text, from, to)) {
            return;
        }
        int end = to > from + 1 && text[to - 1] == '.' ? to - 1 : to;
        if (end - from > Lookup.MAX_NAME) {
            throw new UndecodableException(Reason.MALFORMED, "a name of " + (end - from) + " bytes");
        }
        name = new String(text, from, end - from, StandardCharsets.UTF_8).toLowerCase(Locale.ROOT);
    }

    /** A number, or a word of those in common use; another word counts as no answer. */
    void rcode(byte[] text, int from, int to) throws UndecodableException {
        if (FlowDraft.isUnset(text, from, to)) {
            return;
        }
        if (text[from] >= '0' && text[from] <= '9') {
            rcode = (int) Math.min(FlowDraft.count("rcode", text, from, to), 0xFFFF);
        } else {
            rcode = RCODES.getOrDefault(new String(text, from, to - from, StandardCharsets.ISO_8859_1), Lookup.UNANSWERED);
        }
    }

    /** Answers that are separated by commas; those that are no addresses, such as other names, are passed over. */
    void answers(byte[] text, int from, int to) {
        int start = from;
        for (int i = from; i <= to && answers.size() < Lookup.MAX_ANSWERS; i++) {
            if (i == to || text[i] == ',') {
                answer(new String(text, start, i - start, StandardCharsets.ISO_8859_1));
                start = i + 1;
            }
        }
    }

    private void answer(String text) {
        if (text.isEmpty() || text.length() > MAX_ADDRESS || Character.digit(text.charAt(0), 16) < 0 && text.charAt(0) != ':') {
            return;
        }
        try {
            Address address = Address.parse(text);
            if (!answers.contains(address)) {
                answers.add(address);
            }
        } catch (IllegalArgumentException e) {
            // Another name.
        }
    }

    Lookup finish() {
        return new Lookup(name, rcode, List.copyOf(answers));
    }
}
