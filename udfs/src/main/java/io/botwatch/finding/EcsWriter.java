package io.botwatch.finding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.botwatch.flow.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Writes a finding as one line of Elastic Common Schema 9.4.0 (https://www.elastic.co/docs/reference/ecs), {@code event.kind}
 * {@code alert}. {@code event.id} is the finding's uid, the same for all its states: as a document's id it keeps the last.
 * What ECS has no field for lies below {@code botwatch}.
 */
public final class EcsWriter extends FindingWriter {
    private static final long serialVersionUID = 1;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private static final Set<String> NO_NUMBER = Set.of("NaN", "Infinity", "-Infinity", "null");

    private final String tenant;
    private final String productVersion;

    public EcsWriter(String tenant, String productVersion) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.productVersion = Objects.requireNonNull(productVersion, "productVersion");
    }

    @Override
    byte[] line(Finding finding, Room room, int whole) throws IOException {
        return new Line(finding, room, whole).bytes();
    }

    /** One pass over one finding. */
    private final class Line {
        private final Finding finding;
        private final Room room;
        private final int whole;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private final JsonGenerator json;

        /** @param whole bytes that the whole finding takes; -1 when this is the whole */
        Line(Finding finding, Room room, int whole) throws IOException {
            this.finding = finding;
            this.room = room;
            this.whole = whole;
            this.json = JSON.createGenerator(out);
        }

        byte[] bytes() throws IOException {
            json.writeStartObject();
            json.writeStringField("@timestamp", FlatView.time(finding.timeMs));
            json.writeObjectFieldStart("ecs");
            json.writeStringField("version", "9.4.0");
            json.writeEndObject();
            text("message", finding.message);
            event();
            json.writeObjectFieldStart("rule");
            text("id", finding.ruleId);
            text("name", finding.ruleTitle);
            json.writeStringField("ruleset", "botwatch");
            text("version", finding.configVersion);
            json.writeEndObject();
            endpoint("source", finding.src, -1);
            endpoint("destination", finding.dst, finding.dst == null ? -1 : finding.dstPort);
            network();
            threat();
            related();
            json.writeObjectFieldStart("observer");
            json.writeStringField("vendor", "Botwatch");
            json.writeStringField("product", "Botwatch");
            text("version", productVersion);
            json.writeEndObject();
            json.writeObjectFieldStart("organization");
            text("id", tenant);
            json.writeEndObject();
            botwatch();
            json.writeEndObject();
            json.close();
            return out.toByteArray();
        }

        private void event() throws IOException {
            json.writeObjectFieldStart("event");
            json.writeStringField("kind", "alert");
            strings("category", Stream.of("network", "intrusion_detection"));
            strings("type", Stream.of("info", "connection"));
            json.writeStringField(
                    "action", finding.type.label() + "-" + finding.activity.name().toLowerCase(Locale.ROOT));
            json.writeStringField("id", finding.uid.toString());
            json.writeStringField("dataset", "botwatch.finding");
            json.writeStringField("module", "botwatch");
            json.writeStringField("provider", "botwatch");
            json.writeNumberField("severity", severity(finding.severity));
            if (Double.isFinite(finding.score)) {
                json.writeNumberField("risk_score", Math.round(1000 * Math.max(0, Math.min(1, finding.score))) / 10.0);
            }
            json.writeStringField("start", FlatView.time(finding.firstSeenMs));
            json.writeStringField("end", FlatView.time(finding.lastSeenMs));
            json.writeEndObject();
        }

        private void endpoint(String field, Address address, int port) throws IOException {
            if (address == null) {
                return;
            }
            json.writeObjectFieldStart(field);
            json.writeStringField("ip", address.toString());
            if (port >= 0) {
                json.writeNumberField("port", port);
            }
            json.writeEndObject();
        }

        private void network() throws IOException {
            Address any = finding.dst != null ? finding.dst : finding.src;
            json.writeObjectFieldStart("network");
            json.writeStringField(
                    "direction",
                    switch (finding.type) {
                        case VOLUMETRIC -> "inbound";
                        case RELAY -> "external";
                        default -> "outbound";
                    });
            if (any != null) {
                json.writeStringField("type", any.toString().indexOf(':') < 0 ? "ipv4" : "ipv6");
            }
            if (finding.protocol >= 0) {
                json.writeStringField("iana_number", Integer.toString(finding.protocol));
                String name = FlatView.protocol(finding.protocol);
                if (!Character.isDigit(name.charAt(0))) {
                    json.writeStringField("transport", name);
                }
            }
            json.writeEndObject();
        }

        private void threat() throws IOException {
            List<AttackTechnique> all = Room.head(AttackTechnique.of(finding.tags, finding.type), room.techniques());
            json.writeObjectFieldStart("threat");
            json.writeStringField("framework", "MITRE ATT&CK");
            named("tactic", all, AttackTechnique::tacticUid, AttackTechnique::tacticName);
            json.writeEndObject();
            named("technique", all, AttackTechnique::parentUid, each -> each.isSub() ? each.parentName() : each.name());
            List<AttackTechnique> subs = all.stream().filter(AttackTechnique::isSub).toList();
            if (!subs.isEmpty()) {
                named("subtechnique", subs, AttackTechnique::uid, AttackTechnique::name);
                json.writeEndObject();
            }
            json.writeEndObject();
            json.writeEndObject();
        }

        /** Ids and names side by side, each id once; leaves the object open. */
        private void named(
                String field,
                List<AttackTechnique> all,
                Function<AttackTechnique, String> id,
                Function<AttackTechnique, String> name)
                throws IOException {
            Map<String, String> names = new LinkedHashMap<>();
            all.stream().filter(each -> id.apply(each) != null).forEach(each -> names.put(id.apply(each), String.valueOf(name.apply(each))));
            json.writeObjectFieldStart(field);
            strings("id", names.keySet().stream());
            strings("name", names.values().stream());
        }

        private void related() throws IOException {
            Set<String> addresses = new LinkedHashSet<>();
            Stream.of(finding.src, finding.relay, finding.dst).filter(Objects::nonNull).forEach(each -> addresses.add(each.toString()));
            for (Finding.Sample sample : Room.head(finding.samples, room.samples())) {
                Stream.of(sample.src(), sample.dst()).filter(Objects::nonNull).forEach(each -> addresses.add(each.toString()));
            }
            json.writeObjectFieldStart("related");
            strings("ip", addresses.stream());
            json.writeEndObject();
        }

        private void botwatch() throws IOException {
            json.writeObjectFieldStart("botwatch");
            json.writeStringField("severity", finding.severity.label());
            json.writeStringField("activity", finding.activity.name().toLowerCase(Locale.ROOT));
            json.writeNumberField("connections", finding.connections);
            number("distinct_sources", finding.distinctSources);
            number("distinct_targets", finding.distinctTargets);
            if (finding.dst == null) {
                number("dst_port", finding.dstPort);
            }
            if (finding.relay != null) {
                json.writeStringField("relay_ip", finding.relay.toString());
            }
            decimals("score", FlatView.decimals(finding.score, false));
            decimals("period_s", FlatView.decimals(finding.periodSeconds, true));
            decimals("jitter", FlatView.decimals(finding.jitter, false));
            if (finding.confidence != null) {
                json.writeStringField("confidence", finding.confidence.name().toLowerCase(Locale.ROOT));
            }
            strings("notes", Room.head(finding.notes, room.notes()).stream().map(String::valueOf));
            if (whole >= 0) {
                json.writeBooleanField("truncated", true);
                json.writeNumberField("untruncated_bytes", whole);
            }
            measures();
            json.writeEndObject();
        }

        /** Below their type's name; without those that are no number for once, which an index would refuse the whole for. */
        private void measures() throws IOException {
            Map<String, String> measures = new LinkedHashMap<>();
            for (Finding.Measure measure : Room.head(finding.measures, room.measures())) {
                String value = String.valueOf(measure.value());
                if (!NO_NUMBER.contains(value)) {
                    // A dot would nest, and could meet a value of the same name.
                    measures.put(room.cut(String.valueOf(measure.name())).replace('.', '_'), value);
                }
            }
            json.writeObjectFieldStart(finding.type.label().replace('-', '_'));
            for (Map.Entry<String, String> measure : measures.entrySet()) {
                json.writeFieldName(measure.getKey());
                if (Room.isNumber(measure.getValue())) {
                    json.writeNumber(measure.getValue());
                } else {
                    json.writeString(room.cut(measure.getValue()));
                }
            }
            json.writeEndObject();
        }

        private void number(String field, long value) throws IOException {
            if (value >= 0) {
                json.writeNumberField(field, value);
            }
        }

        private void decimals(String field, String value) throws IOException {
            if (value != null) {
                json.writeFieldName(field);
                json.writeNumber(value);
            }
        }

        private void strings(String field, Stream<String> values) throws IOException {
            json.writeArrayFieldStart(field);
            for (String value : (Iterable<String>) values::iterator) {
                json.writeString(room.cut(value));
            }
            json.writeEndArray();
        }

        /** Nothing when the text is null. */
        private void text(String field, String text) throws IOException {
            if (text != null) {
                json.writeStringField(field, room.cut(text));
            }
        }

        /** Elastic Security's steps, of 0 to 100. */
        private static int severity(Severity severity) {
            return switch (severity) {
                case INFORMATIONAL -> 1;
                case LOW -> 21;
                case MEDIUM -> 47;
                case HIGH -> 73;
                case CRITICAL -> 99;
            };
        }
    }
}
