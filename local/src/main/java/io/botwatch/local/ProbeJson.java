package io.botwatch.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.botwatch.flow.Direction;
import io.botwatch.ingest.UndecodableException.Reason;
import io.botwatch.probe.Feed;
import io.botwatch.probe.RuleFit;
import io.botwatch.quality.ConnectionQuality;
import io.botwatch.quality.RecordQuality;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a probe found, as one JSON object: the facts of {@link ProbeText}, of all exporters. Units are in the names. */
final class ProbeJson {
    private final JsonGenerator json;

    private ProbeJson(JsonGenerator json) {
        this.json = json;
    }

    /** @param out is flushed, not closed */
    static void write(List<ProbedInput> inputs, Feed feed, OutputStream out) throws IOException {
        try (JsonGenerator json = new JsonFactory()
                .createGenerator(out)
                .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
                .setPrettyPrinter(new DefaultPrettyPrinter())) {
            new ProbeJson(json).write(inputs, feed);
        }
        out.write('\n');
    }

    private void write(List<ProbedInput> inputs, Feed feed) throws IOException {
        json.writeStartObject();
        json.writeArrayFieldStart("inputs");
        for (ProbedInput input : inputs) {
            json.writeStartObject();
            json.writeStringField("name", input.name());
            json.writeStringField("format", input.format());
            json.writeStringField("reason", input.reason());
            json.writeNumberField("records", input.records());
            json.writeBooleanField("whole", input.whole());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeNumberField("records_not_ip", feed.notIp());
        json.writeNumberField("lookups", feed.lookups());
        json.writeNumberField("flows_ahead_of_the_clock", feed.ahead());
        json.writeObjectFieldStart("records_dead");
        for (Map.Entry<Reason, Long> reason : feed.dead().entrySet()) {
            json.writeNumberField(reason.getKey().name().toLowerCase(Locale.ROOT), reason.getValue());
        }
        json.writeEndObject();
        json.writeNumberField("max_out_of_orderness_ms", feed.maxOutOfOrdernessMs());
        json.writeNumberField("flows_late_by_it", feed.wouldBeLate());
        records(feed.records());
        connections(feed.connections());
        json.writeObjectFieldStart("connections_by_direction");
        for (Direction direction : List.of(Direction.OUTBOUND, Direction.INBOUND, Direction.LATERAL, Direction.TRANSIT)) {
            json.writeNumberField(direction.name().toLowerCase(Locale.ROOT), feed.connections(direction));
        }
        json.writeEndObject();
        json.writeArrayFieldStart("exporters");
        for (Feed.Exporter exporter : feed.exporters()) {
            json.writeStartObject();
            json.writeStringField("exporter", exporter.name());
            records(exporter.records());
            connections(exporter.connections());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeArrayFieldStart("rules");
        for (RuleFit fit : feed.ruleFits()) {
            json.writeStartObject();
            json.writeStringField("rule", fit.rule());
            json.writeStringField("type", fit.type());
            json.writeStringField("supported", fit.support().label());
            json.writeStringField("reason", fit.reason());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private void records(RecordQuality records) throws IOException {
        json.writeObjectFieldStart("flows");
        json.writeNumberField("count", records.records());
        if (records.records() > 0) {
            json.writeStringField("first_start", Instant.ofEpochMilli(records.firstMs()).toString());
            json.writeStringField("last_end", Instant.ofEpochMilli(records.lastMs()).toString());
        }
        json.writeNumberField("sampled", records.sampled());
        json.writeNumberField("sampling_rate_min", records.minRate());
        json.writeNumberField("sampling_rate_max", records.maxRate());
        json.writeNumberField("lateness_p50_ms", records.latenessMs().quantile(0.5));
        json.writeNumberField("lateness_p99_ms", records.latenessMs().quantile(0.99));
        json.writeNumberField("lateness_max_ms", records.latenessMs().max());
        json.writeNumberField("duration_p50_ms", records.durationsMs().quantile(0.5));
        json.writeNumberField("duration_max_ms", records.durationsMs().max());
        share("zero_duration", records.zeroDuration(), records.records());
        json.writeNumberField("active_timeout_ms", records.activeTimeoutMs());
        json.writeNumberField("start_grain_ms", records.grainMs());
        share("start_at_second", records.startsAtSecond(), records.records());
        share("end_at_second", records.endsAtSecond(), records.records());
        json.writeNumberField("with_export_time", records.exportTimed());
        share("from_the_future", records.future(), records.exportTimed());
        json.writeNumberField("clock_skew_min_ms", records.skew().minMs());
        json.writeNumberField("clock_skew_median_ms", records.skew().medianMs());
        json.writeNumberField("tcp", records.tcp());
        share("without_tcp_flags", records.withoutFlags(), records.tcp());
        share("both_directions", records.bothDirections(), records.records());
        json.writeEndObject();
    }

    private void connections(ConnectionQuality connections) throws IOException {
        json.writeObjectFieldStart("connections");
        json.writeNumberField("count", connections.connections());
        json.writeNumberField("records", connections.records());
        json.writeNumberField("pieces", connections.pieces());
        json.writeNumberField("split_ratio", connections.splitRatio());
        share("copies", connections.copies(), connections.records());
        json.writeNumberField("duplicate_ratio", connections.duplicateRatio());
        json.writeNumberField("replies", connections.replies());
        share("one_way", connections.oneWay(), connections.connections());
        share("reply_only", connections.replyOnly(), connections.connections());
        share("guessed_initiator", connections.guessed(), connections.connections());
        json.writeEndObject();
    }

    private void share(String name, long part, long whole) throws IOException {
        json.writeNumberField(name, part);
        json.writeNumberField(name + "_share", Feed.share(part, whole));
    }
}
