package io.botwatch.ingest;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.botwatch.flow.Flow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/** Tells a format from the first bytes of a decompressed file, or from one message. */
public final class FormatDetector {

    /**
     * What the bytes look like.
     *
     * @param format null when none fits
     * @param reason a sentence that says why, for the user
     */
    public record Detection(FlowFormat format, String reason) {}

    private static final int MAX_NAMES = 300;
    private static final int NAMES_SHOWN = 6;
    private static final int NAME_SHOWN = 32;

    private FormatDetector() {}

    /**
     * Looks at the first records, whichever is the first to tell.
     *
     * <p>A JSON record of another of Zeek's logs counts as Zeek's JSON, because streams combine logs; a text log of
     * another kind than connections and DNS does not, because a text file is one log.
     *
     * @param length how many bytes of {@code head} are filled; the last record may be cut
     */
    public static Detection detect(byte[] head, int length) {
        // First, since the length in front of a message may be any byte. No text passes for a message: the addresses' lengths
        // are control characters.
        if (isMessage(head, MessageLength.endOfMessage(head, 0, length), length) || isMessage(head, length, length)) {
            return new Detection(
                    FlowFormat.GOFLOW2_PROTOBUF, "first record is a protobuf message with the fields of a flow: goflow2");
        }
        int from = byteOrderMark(head, length);
        while (from < length && FlowDraft.isWhiteSpace(head[from])) {
            from++;
        }
        if (from == length) {
            return new Detection(null, "there is nothing to read");
        }
        if (head[from] == '{' || head[from] == '[') {
            return detectJson(head, from, length);
        }
        if (head[from] == '#') {
            return detectZeekText(head, from, length);
        }
        return detectLine(head, from, endOfLine(head, from, length));
    }

    /** The length of UTF-8's mark in front, which some tools write. */
    static int byteOrderMark(byte[] head, int length) {
        return length >= 3 && head[0] == (byte) 0xEF && head[1] == (byte) 0xBB && head[2] == (byte) 0xBF ? 3 : 0;
    }

    private static boolean isMessage(byte[] head, int to, int length) {
        try {
            return to > 0 && to <= length
                    && new Goflow2ProtobufDecoder().decode(head, 0, to, new Flow()) != FlowDecoder.Outcome.FRAMING;
        } catch (UndecodableException e) {
            return false;
        }
    }

    private static Detection detectJson(byte[] head, int from, int length) {
        JsonObjects objects = new JsonObjects();
        Set<String> firstNames = null;
        try (JsonParser parser = JacksonJson.WITHOUT_TABLE.createParser(head, from, length - from)) {
            while (objects.next(parser)) {
                Detection detection = ofNames(objects.names, objects.log);
                if (detection != null) {
                    return detection;
                }
                if (firstNames == null) {
                    firstNames = new LinkedHashSet<>(objects.names);
                }
            }
        } catch (IOException e) {
            // the head ends within an object, as a rule: what was seen of it may still tell
            Detection detection = ofNames(objects.names, objects.log);
            if (detection != null) {
                return detection;
            }
        }
        Set<String> seen = firstNames == null ? objects.names : firstNames;
        if (seen.isEmpty()) {
            return new Detection(null, "it starts like JSON, but no object with fields was found");
        }
        return new Detection(null, "the first record is a JSON object with no field that tells a known format; it has "
                + seen.stream().limit(NAMES_SHOWN).map(FormatDetector::printable).collect(Collectors.joining(", "))
                + (seen.size() > NAMES_SHOWN ? ", ..." : ""));
    }

    /** Reads object after object, also as the elements of an array, and gathers the names of each. */
    private static final class JsonObjects {
        final Set<String> names = new LinkedHashSet<>();

        /** What the object says which log of Zeek's it is of, or null. */
        String log;

        boolean next(JsonParser parser) throws IOException {
            names.clear();
            log = null;
            JsonToken token = parser.nextToken();
            while (token != null && token != JsonToken.START_OBJECT) {
                token = parser.nextToken();
            }
            if (token == null) {
                return false;
            }
            fields(parser, "", 0);
            return true;
        }

        /** Also one level down where that is how a format is nested: Zeek's {@code conn}, {@code dns} and {@code id}. */
        private void fields(JsonParser parser, String prefix, int depth) throws IOException {
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String name = prefix + parser.currentName();
                if (names.size() < MAX_NAMES) {
                    names.add(name);
                }
                JsonToken value = parser.nextToken();
                if (value == JsonToken.START_OBJECT && depth < 2 && (name.equals("conn") || name.equals("dns") || name.equals("id"))) {
                    fields(parser, name.equals("id") ? "id." : "", depth + 1);
                } else if (value == JsonToken.VALUE_STRING && (name.equals("_path") || name.equals("@stream"))) {
                    log = parser.getText();
                } else {
                    parser.skipChildren();
                }
            }
        }
    }

    private static Detection ofNames(Set<String> names, String zeekLog) {
        String zeekAddress = any(names, "id.orig_h", "id_orig_h");
        if (zeekLog != null && !zeekLog.equals("conn")) {
            return new Detection(
                    FlowFormat.ZEEK_JSON,
                    "first record is a JSON object of Zeek's " + printable(zeekLog)
                            + " log: Zeek, with connections expected among its logs");
        }
        if (zeekAddress != null
                && (zeekLog != null || any(names, "conn_state", "orig_bytes", "orig_pkts", "orig_ip_bytes") != null)) {
            return detected(FlowFormat.ZEEK_JSON, zeekAddress, "Zeek conn");
        }
        if (zeekAddress != null && names.contains("query") && any(names, "qtype", "rcode", "trans_id") != null) {
            return detected(FlowFormat.ZEEK_JSON, zeekAddress + " and query", "Zeek dns");
        }
        String nfdump = any(names, "src4_addr", "src6_addr");
        if (nfdump != null) {
            return detected(FlowFormat.NFDUMP_JSON, nfdump, "nfdump");
        }
        if (names.contains("ip_src") && names.contains("ip_dst")) {
            return detected(FlowFormat.PMACCT_JSON, "ip_src", "pmacct");
        }
        if (names.contains("event_type") && (names.contains("flow_id") || names.contains("src_ip") && names.contains("dest_ip"))) {
            return detected(FlowFormat.SURICATA_JSON, "event_type", "Suricata");
        }
        if (names.contains("firewall_name") && names.contains("event")) {
            return detected(FlowFormat.SURICATA_JSON, "firewall_name", "Suricata in AWS Network Firewall");
        }
        String ecs = names.contains("@timestamp") ? ecs(names) : null;
        if (ecs != null) {
            return detected(FlowFormat.ECS_JSON, "@timestamp and " + ecs, "Elastic Common Schema");
        }
        // before goflow2, whose first version has the same names for most fields
        String netObserv = any(names, "AgentIP", "_RecordType", "TimeFlowRttNs", "K8S_FlowLayer", "IfDirection", "IfDirections");
        if (netObserv != null && any(names, "SrcAddr", "TimeFlowStartMs", "TimeFlowEndMs") != null) {
            return detected(FlowFormat.NETOBSERV_JSON, netObserv, "NetObserv");
        }
        String goflow2 = any(names, "time_flow_start_ns", "TimeFlowStart", "TimeFlowStartMs");
        if (goflow2 == null && (names.contains("src_addr") || names.contains("SrcAddr"))) {
            goflow2 = any(names, "sampler_address", "SamplerAddress", "time_received_ns", "TimeReceived");
        }
        return goflow2 == null ? null : detected(FlowFormat.GOFLOW2_JSON, goflow2, "goflow2");
    }

    /** The field that tells a flow from the schema's other documents; both ends alone may be any event of a network. */
    private static String ecs(Set<String> names) {
        String netflow = names.stream().filter(name -> name.equals("netflow") || name.startsWith("netflow.")).findFirst().orElse(null);
        if (netflow != null) {
            return netflow;
        }
        boolean ends = any(names, "source", "source.ip") != null && any(names, "destination", "destination.ip") != null;
        return ends ? any(names, "network", "network.bytes", "network.iana_number", "network.transport", "source.packets") : null;
    }

    private static String printable(String text) {
        byte[] bytes = text.substring(0, Math.min(text.length(), NAME_SHOWN)).getBytes(StandardCharsets.ISO_8859_1);
        return UndecodableException.quote(bytes, 0, bytes.length) + (text.length() > NAME_SHOWN ? "..." : "");
    }

    private static Detection detected(FlowFormat format, String field, String tool) {
        return new Detection(format, "first record is a JSON object with " + field + ": " + tool);
    }

    private static String any(Set<String> names, String... wanted) {
        for (String name : wanted) {
            if (names.contains(name)) {
                return name;
            }
        }
        return null;
    }

    /** A text that starts with a comment line: Zeek's, if the comments are its directives. */
    private static Detection detectZeekText(byte[] head, int from, int length) {
        boolean directives = false;
        int at = from;
        while (at < length && head[at] == '#') {
            int end = endOfLine(head, at, length);
            String line = UndecodableException.quote(head, at, end);
            directives |= line.startsWith("#separator") || line.startsWith("#fields");
            if (line.startsWith("#path") && line.length() > 6) {
                String log = line.substring(6);
                if (log.equals("dns")) {
                    return new Detection(FlowFormat.ZEEK_TSV, "it starts with the #-lines of a Zeek log: Zeek dns");
                }
                if (!log.equals("conn")) {
                    return new Detection(null, "it is Zeek's " + log + " log, neither its connection nor its DNS log");
                }
                directives = true;
            }
            at = end;
            while (at < length && (head[at] == '\r' || head[at] == '\n')) {
                at++;
            }
        }
        return directives
                ? new Detection(FlowFormat.ZEEK_TSV, "it starts with the #-lines of a Zeek log: Zeek conn")
                : new Detection(null, "it starts with a comment that is none of Zeek's");
    }

    /** A line of columns fits the format whose decoder can read it. */
    private static Detection detectLine(byte[] head, int from, int to) {
        Detection detection = decodes(FlowFormat.BINETFLOW, "Argus", head, from, to);
        if (detection == null) {
            detection = decodes(FlowFormat.NFDUMP_CSV, "nfdump", head, from, to);
        }
        if (detection == null) {
            detection = decodes(FlowFormat.ZEEK_TSV, "Zeek conn", head, from, to);
        }
        return detection != null
                ? detection
                : new Detection(null, "the first line is not of a known format: '"
                        + UndecodableException.quote(head, from, to) + "'");
    }

    private static Detection decodes(FlowFormat format, String tool, byte[] head, int from, int to) {
        try {
            FlowDecoder.Outcome outcome = format.newDecoder(ZoneOffset.UTC).decode(head, from, to, new Flow());
            String what = outcome == FlowDecoder.Outcome.FRAMING ? "names the columns of " : "has the columns of ";
            return new Detection(format, "first line " + what + tool + ": " + format.label());
        } catch (UndecodableException e) {
            return null;
        }
    }

    private static int endOfLine(byte[] head, int from, int length) {
        int end = from;
        while (end < length && head[end] != '\n') {
            end++;
        }
        return end > from && head[end - 1] == '\r' ? end - 1 : end;
    }
}
