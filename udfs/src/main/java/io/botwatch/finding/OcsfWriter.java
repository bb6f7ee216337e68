package io.botwatch.finding;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.botwatch.flow.Address;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;

/**
 * Writes a finding as one line of OCSF 1.8.0 Detection Finding (class 2004, https://schema.ocsf.io/1.8.0/).
 *
 * <p>The bytes depend on the finding, the tenant and the product version alone: fields come in a fixed order, and there is
 * no wall clock in it. {@code metadata.uid} is the UUIDv5 of the line as it would be without that field, so that
 * consumers can tell a copy from a new state.
 *
 * <p>A line stays below {@value #MAX_BYTES} bytes. A finding that would not is written with fewer samples and shorter
 * texts, and {@code metadata.is_truncated} and a note say so. Thread-safe.
 */
public final class OcsfWriter extends FindingWriter {
    /** Sampled connections that a line shows, at most. */
    public static final int MAX_SAMPLES = 20;

    private static final long serialVersionUID = 1;
    private static final int CLASS = 2004;
    private static final int OBSERVABLE_IP = 2;
    private static final int OBSERVABLE_PORT = 11;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
            .build();

    private final String tenant;
    private final String productVersion;

    /**
     * @param tenant {@code metadata.tenant_uid}
     * @param productVersion {@code metadata.product.version}
     */
    public OcsfWriter(String tenant, String productVersion) {
        this.tenant = Objects.requireNonNull(tenant, "tenant");
        this.productVersion = Objects.requireNonNull(productVersion, "productVersion");
    }

    @Override
    byte[] line(Finding finding, Room room, int whole) throws IOException {
        byte[] content = new Line(finding, room, whole, null).bytes();
        return new Line(finding, room, whole, NameUuid.v5(FindingUid.NAMESPACE, content)).bytes();
    }

    /** One pass over one finding. */
    private final class Line {
        private final Finding finding;
        private final Room room;
        private final int fullSize;
        private final UUID contentUid;
        private final ByteArrayOutputStream out = new ByteArrayOutputStream(4096);
        private final JsonGenerator json;

        /**
         * @param fullSize bytes that the whole finding takes; -1 when this is the whole
         * @param contentUid null to leave it out
         */
        Line(Finding finding, Room room, int fullSize, UUID contentUid) throws IOException {
            this.finding = finding;
            this.room = room;
            this.fullSize = fullSize;
            this.contentUid = contentUid;
            this.json = JSON.createGenerator(out);
        }

        byte[] bytes() throws IOException {
            json.writeStartObject();
            classification();
            json.writeNumberField("time", finding.timeMs);
            json.writeNumberField("start_time", finding.firstSeenMs);
            json.writeNumberField("end_time", finding.lastSeenMs);
            json.writeNumberField("count", finding.connections);
            text("message", finding.message);
            metadata();
            findingInfo();
            evidences();
            observables();
            unmapped();
            json.writeEndObject();
            json.close();
            return out.toByteArray();
        }

        private void classification() throws IOException {
            int activity = finding.activity.ordinal() + 1;
            String activityName = capitalised(finding.activity);
            json.writeNumberField("activity_id", activity);
            json.writeStringField("activity_name", activityName);
            json.writeNumberField("category_uid", 2);
            json.writeStringField("category_name", "Findings");
            json.writeNumberField("class_uid", CLASS);
            json.writeStringField("class_name", "Detection Finding");
            json.writeNumberField("type_uid", CLASS * 100 + activity);
            json.writeStringField("type_name", "Detection Finding: " + activityName);
            json.writeNumberField("severity_id", finding.severity.ocsfId());
            json.writeStringField("severity", capitalised(finding.severity));
            confidence();
            boolean closed = finding.activity == Finding.Activity.CLOSE;
            boolean suppressed = finding.audience == Finding.Audience.SUPPRESSED;
            json.writeNumberField("status_id", suppressed ? 3 : closed ? 4 : 1);
            json.writeStringField("status", suppressed ? "Suppressed" : closed ? "Resolved" : "New");
            if (finding.activity == Finding.Activity.CREATE && finding.audience == Finding.Audience.ALL) {
                json.writeBooleanField("is_alert", true);
            }
        }

        /** That of the data, and not above what the score allows; the steps of the score are this project's own. */
        private void confidence() throws IOException {
            boolean scored = Double.isFinite(finding.score);
            if (!scored && finding.confidence == null) {
                return;
            }
            int ofData = finding.confidence == null ? 3 : finding.confidence.ordinal() + 1;
            int ofScore = !scored || finding.score >= 0.75 ? 3 : finding.score >= 0.5 ? 2 : 1;
            int id = Math.min(ofData, ofScore);
            json.writeNumberField("confidence_id", id);
            json.writeStringField("confidence", id == 3 ? "High" : id == 2 ? "Medium" : "Low");
            if (scored) {
                json.writeNumberField("confidence_score", Math.round(100 * Math.max(0, Math.min(1, finding.score))));
            }
        }

        private void metadata() throws IOException {
            json.writeObjectFieldStart("metadata");
            json.writeStringField("version", "1.8.0");
            if (contentUid != null) {
                json.writeStringField("uid", contentUid.toString());
            }
            json.writeObjectFieldStart("product");
            json.writeStringField("name", "Botwatch");
            json.writeStringField("vendor_name", "Botwatch");
            text("version", productVersion);
            json.writeEndObject();
            json.writeStringField("log_name", "netflow");
            text("tenant_uid", tenant);
            if (fullSize >= 0) {
                json.writeBooleanField("is_truncated", true);
                json.writeNumberField("untruncated_size", fullSize);
            }
            json.writeEndObject();
        }

        private void findingInfo() throws IOException {
            json.writeObjectFieldStart("finding_info");
            json.writeStringField("uid", finding.uid.toString());
            text("title", finding.ruleTitle);
            json.writeArrayFieldStart("types");
            json.writeString(finding.type.label());
            json.writeEndArray();
            json.writeNumberField("created_time", finding.episodeMs);
            json.writeNumberField("modified_time", finding.timeMs);
            json.writeNumberField("first_seen_time", finding.firstSeenMs);
            json.writeNumberField("last_seen_time", finding.lastSeenMs);
            json.writeObjectFieldStart("analytic");
            text("uid", finding.ruleId);
            text("name", finding.ruleTitle);
            json.writeNumberField("type_id", 1);
            json.writeStringField("type", "Rule");
            boolean shadow = finding.audience == Finding.Audience.SHADOW;
            json.writeNumberField("state_id", shadow ? 3 : 1);
            json.writeStringField("state", shadow ? "Experimental" : "Active");
            json.writeEndObject();
            json.writeArrayFieldStart("attacks");
            for (AttackTechnique technique : Room.head(AttackTechnique.of(finding.tags, finding.type), room.techniques())) {
                attack(technique);
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        private void attack(AttackTechnique technique) throws IOException {
            json.writeStartObject();
            json.writeStringField("version", AttackTechnique.VERSION);
            if (technique.tacticUid() != null) {
                named("tactic", technique.tacticUid(), technique.tacticName());
            }
            named("technique", technique.parentUid(), technique.isSub() ? technique.parentName() : technique.name());
            if (technique.isSub()) {
                named("sub_technique", technique.uid(), technique.name());
            }
            json.writeEndObject();
        }

        private void named(String field, String uid, String name) throws IOException {
            json.writeObjectFieldStart(field);
            json.writeStringField("uid", uid);
            text("name", name);
            json.writeEndObject();
        }

        private void evidences() throws IOException {
            json.writeArrayFieldStart("evidences");
            json.writeStartObject();
            endpoint("src_endpoint", finding.src, -1);
            endpoint("dst_endpoint", finding.dst, finding.dstPort);
            connectionInfo(direction(finding.src, finding.dst), finding.protocol);
            // The relaying host is neither end of what it relays.
            if (finding.relay != null) {
                json.writeObjectFieldStart("device");
                json.writeStringField("ip", finding.relay.toString());
                json.writeNumberField("type_id", 0);
                json.writeEndObject();
            }
            data();
            json.writeEndObject();
            for (Finding.Sample sample : samples()) {
                json.writeStartObject();
                endpoint("src_endpoint", sample.src(), -1);
                endpoint("dst_endpoint", sample.dst(), sample.dstPort());
                connectionInfo(direction(sample.src(), sample.dst()), finding.protocol);
                json.writeObjectFieldStart("data");
                json.writeNumberField("start_time", sample.startMs());
                json.writeEndObject();
                json.writeEndObject();
            }
            json.writeEndArray();
        }

        /** What the flat view shows, under its column names, then the detector's measures; of equal names the measure's. */
        private void data() throws IOException {
            Map<String, String> data = new LinkedHashMap<>();
            data.put("connections", Long.toString(finding.connections));
            if (finding.distinctSources >= 0) {
                data.put("distinct_sources", Long.toString(finding.distinctSources));
            }
            if (finding.distinctTargets >= 0) {
                data.put("distinct_targets", Long.toString(finding.distinctTargets));
            }
            if (finding.dst == null && finding.dstPort >= 0) {
                data.put("dst_port", Integer.toString(finding.dstPort));
            }
            rounded(data, "score", finding.score);
            rounded(data, "period_s", finding.periodSeconds);
            rounded(data, "jitter", finding.jitter);
            for (Finding.Measure measure : Room.head(finding.measures, room.measures())) {
                data.put(room.cut(String.valueOf(measure.name())), String.valueOf(measure.value()));
            }
            json.writeObjectFieldStart("data");
            for (Map.Entry<String, String> entry : data.entrySet()) {
                String value = entry.getValue();
                json.writeFieldName(entry.getKey());
                if (Room.isNumber(value)) {
                    json.writeNumber(value);
                } else if (value.equals("true") || value.equals("false")) {
                    json.writeBoolean(value.equals("true"));
                } else {
                    json.writeString(room.cut(value));
                }
            }
            json.writeEndObject();
        }

        private static void rounded(Map<String, String> data, String name, double value) {
            String decimals = FlatView.decimals(value, true);
            if (decimals != null) {
                data.put(name, decimals);
            }
        }

        private List<Finding.Sample> samples() {
            return Room.head(finding.samples, room.samples());
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
            int scope = scope(address, field.startsWith("src"));
            json.writeNumberField("network_scope_id", scope);
            json.writeStringField("network_scope", scope == 1 ? "Internal" : "External");
            json.writeEndObject();
        }

        /** 1 internal, 2 external: what each type of finding says about its ends. */
        private int scope(Address address, boolean source) {
            boolean internal =
                    switch (finding.type) {
                        case VOLUMETRIC -> !source;
                        case RELAY -> address.equals(finding.relay);
                        default -> source;
                    };
            return internal ? 1 : 2;
        }

        /** 1 inbound, 2 outbound, 99 other: from outside to outside, through a host inside. */
        private int direction(Address src, Address dst) {
            return switch (finding.type) {
                case VOLUMETRIC -> 1;
                case RELAY -> finding.relay != null && finding.relay.equals(src)
                        ? 2
                        : finding.relay != null && finding.relay.equals(dst) ? 1 : 99;
                default -> 2;
            };
        }

        private void connectionInfo(int direction, int protocol) throws IOException {
            json.writeObjectFieldStart("connection_info");
            json.writeNumberField("direction_id", direction);
            json.writeStringField(
                    "direction", direction == 1 ? "Inbound" : direction == 2 ? "Outbound" : "Relayed");
            if (protocol >= 0) {
                json.writeNumberField("protocol_num", protocol);
                String name = FlatView.protocol(protocol);
                if (!Character.isDigit(name.charAt(0))) {
                    json.writeStringField("protocol_name", name);
                }
            }
            json.writeEndObject();
        }

        private void observables() throws IOException {
            json.writeArrayFieldStart("observables");
            Set<String> seen = new HashSet<>();
            address(seen, "evidences[0].src_endpoint.ip", finding.src);
            address(seen, "evidences[0].device.ip", finding.relay);
            address(seen, "evidences[0].dst_endpoint.ip", finding.dst);
            if (finding.dst != null && finding.dstPort >= 0) {
                observable("evidences[0].dst_endpoint.port", OBSERVABLE_PORT, "Port", String.valueOf(finding.dstPort));
            }
            int at = 1;
            for (Finding.Sample sample : samples()) {
                address(seen, "evidences[" + at + "].src_endpoint.ip", sample.src());
                address(seen, "evidences[" + at + "].dst_endpoint.ip", sample.dst());
                at++;
            }
            json.writeEndArray();
        }

        private void address(Set<String> seen, String name, Address address) throws IOException {
            if (address != null && seen.add(address.toString())) {
                observable(name, OBSERVABLE_IP, "IP Address", address.toString());
            }
        }

        private void observable(String name, int typeId, String type, String value) throws IOException {
            json.writeStartObject();
            json.writeStringField("name", name);
            json.writeNumberField("type_id", typeId);
            json.writeStringField("type", type);
            json.writeStringField("value", value);
            json.writeEndObject();
        }

        private void unmapped() throws IOException {
            json.writeObjectFieldStart("unmapped");
            text("config_version", finding.configVersion);
            if (!finding.exception.isEmpty()) {
                text("exception", finding.exception);
            }
            json.writeArrayFieldStart("notes");
            for (String note : Room.head(finding.notes, room.notes())) {
                json.writeString(room.cut(String.valueOf(note)));
            }
            int samples = finding.samples == null ? 0 : finding.samples.size();
            if (samples > samples().size()) {
                json.writeString("showing " + samples().size() + " of " + samples + " sampled connections");
            }
            if (fullSize >= 0) {
                json.writeString("texts and lists cut: the whole finding would take " + fullSize + " bytes");
            }
            json.writeEndArray();
            json.writeEndObject();
        }

        /** Nothing when the text is null. */
        private void text(String field, String text) throws IOException {
            if (text != null) {
                json.writeStringField(field, room.cut(text));
            }
        }

        private static String capitalised(Enum<?> value) {
            return value.name().charAt(0) + value.name().substring(1).toLowerCase(Locale.ROOT);
        }
    }
}
