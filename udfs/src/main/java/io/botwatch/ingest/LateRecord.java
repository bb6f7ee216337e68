package io.botwatch.ingest;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;

/**
 * A decoded flow as a record again, so that it can be fed once more: goflow2's JSON, or Zeek's for a flow of both
 * directions, which goflow2 has no fields for. What is read back is the flow as it was decoded, but for what no field holds:
 * TCP flags and exporter of a flow of both directions.
 */
final class LateRecord {
    private static final String NANOS_OF_MILLIS = "000000";

    private static final JsonFactory JSON = new JsonFactory();

    private LateRecord() {}

    static byte[] of(Flow flow) {
        ByteArrayOutputStream record = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(record)) {
            json.writeStartObject();
            if (flow.biflow) {
                zeek(flow, json);
            } else {
                goflow2(flow, json);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory does no I/O", e);
        }
        return record.toByteArray();
    }

    /** Counters as before they were scaled: whoever reads them scales them by the rate again. */
    private static void goflow2(Flow flow, JsonGenerator json) throws IOException {
        int rate = Math.max(1, flow.samplingRate);
        if (flow.exportedMs != 0) {
            nanos("time_received_ns", flow.exportedMs, json);
        }
        json.writeNumberField("sampling_rate", rate);
        if ((flow.exporterHi | flow.exporterLo) != 0) {
            json.writeStringField("sampler_address", Address.format(flow.exporterHi, flow.exporterLo));
        }
        nanos("time_flow_start_ns", flow.startMs, json);
        nanos("time_flow_end_ns", flow.endMs, json);
        json.writeNumberField("bytes", flow.bytes / rate);
        json.writeNumberField("packets", flow.packets / rate);
        json.writeStringField("src_addr", Address.format(flow.srcHi, flow.srcLo));
        json.writeStringField("dst_addr", Address.format(flow.dstHi, flow.dstLo));
        json.writeNumberField("proto", flow.protocol);
        json.writeNumberField("src_port", flow.srcPort);
        json.writeNumberField("dst_port", flow.dstPort);
        json.writeNumberField("tcp_flags", flow.tcpFlags);
    }

    private static void nanos(String field, long ms, JsonGenerator json) throws IOException {
        json.writeFieldName(field);
        json.writeNumber(ms == 0 ? "0" : ms + NANOS_OF_MILLIS);
    }

    private static void zeek(Flow flow, JsonGenerator json) throws IOException {
        int rate = Math.max(1, flow.samplingRate);
        json.writeStringField("ts", Instant.ofEpochMilli(flow.startMs).toString());
        json.writeStringField("id.orig_h", Address.format(flow.srcHi, flow.srcLo));
        json.writeNumberField("id.orig_p", flow.srcPort);
        json.writeStringField("id.resp_h", Address.format(flow.dstHi, flow.dstLo));
        json.writeNumberField("id.resp_p", flow.dstPort);
        json.writeNumberField("proto", flow.protocol);
        json.writeNumberField("duration", java.math.BigDecimal.valueOf(flow.endMs - flow.startMs, 3));
        json.writeNumberField("orig_pkts", flow.packets / rate);
        json.writeNumberField("orig_ip_bytes", flow.bytes / rate);
        json.writeNumberField("resp_pkts", flow.reversePackets / rate);
        json.writeNumberField("resp_ip_bytes", flow.reverseBytes / rate);
    }
}
