package io.botwatch.ingest;

import io.botwatch.flow.Flow;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * Flow logs of NetObserv, Kubernetes' network observability: one object a record, one way, exported by the node's agent.
 *
 * <p>Passed over as framing: records marked {@code Duplicate}, which the same agent has reported from another interface; and
 * records of conversation tracking ({@code _RecordType} other than {@code flowLog}), which sum up flow logs of the same
 * stream, again and again while the conversation lasts. A feed of conversations alone therefore gives no flows.
 */
public final class NetObservJsonDecoder implements FlowDecoder {
    private static final int SYN_ACK = 0x100;
    private static final int FIN_ACK = 0x200;
    private static final int RST_ACK = 0x400;

    private final JsonFields json = new JsonFields();
    private final FlowDraft draft;

    public NetObservJsonDecoder() {
        this(ZoneOffset.UTC);
    }

    /** @param zone of times that name none: NetObserv's are epoch numbers */
    public NetObservJsonDecoder(ZoneId zone) {
        draft = new FlowDraft(zone, false);
    }

    @Override
    public Outcome decode(byte[] bytes, int from, int to, Flow into) throws UndecodableException {
        FlowDraft.checkSize(from, to);
        if (FlowDraft.isBlank(bytes, from, to)) {
            return Outcome.FRAMING;
        }
        draft.begin(into);
        boolean passedOver = false;
        try {
            json.open(bytes, from, to);
            for (String name = json.next(); name != null; name = json.next()) {
                if (!json.isScalar()) {
                    if (name.equals("Flags")) {
                        flagNames();
                    }
                    continue;
                }
                switch (name) {
                    case "_RecordType" -> passedOver |= !json.is("flowLog");
                    case "Duplicate" -> passedOver |= json.is("true");
                    case "TimeFlowStartMs" -> draft.startMs = time(name, EpochUnit.MILLIS);
                    case "TimeFlowEndMs" -> draft.endMs = time(name, EpochUnit.MILLIS);
                    case "TimeReceived" ->
                        draft.exported(draft.timeOrNone(json.text(), json.from(), json.to(), EpochUnit.SECONDS));
                    case "SrcAddr" -> draft.source(json.text(), json.from(), json.to());
                    case "DstAddr" -> draft.destination(json.text(), json.from(), json.to());
                    case "SrcPort" -> draft.srcPort(json.text(), json.from(), json.to());
                    case "DstPort" -> draft.dstPort(json.text(), json.from(), json.to());
                    case "Proto" -> draft.protocol(json.text(), json.from(), json.to());
                    case "Etype" -> {
                        if (!Goflow2JsonDecoder.isIp(json.text(), json.from(), json.to())) {
                            draft.notIp();
                        }
                    }
                    case "Bytes" -> draft.bytes = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "Packets" -> draft.packets = FlowDraft.count(name, json.text(), json.from(), json.to());
                    case "Sampling" -> draft.samplingRate(json.text(), json.from(), json.to());
                    case "AgentIP" -> draft.exporter(json.text(), json.from(), json.to());
                    case "Flags" -> draft.tcpFlags(flags(DecimalText.count(json.text(), json.from(), json.to())));
                    default -> {}
                }
            }
            json.end();
        } finally {
            json.close();
        }
        return passedOver ? Outcome.FRAMING : draft.finish();
    }

    private long time(String name, EpochUnit unit) throws UndecodableException {
        return draft.time(name, json.text(), json.from(), json.to(), unit);
    }

    /** RFC 9293's bits; a packet with ACK and one of SYN, FIN, RST sets a bit of its own instead. */
    private static int flags(long bits) {
        if (bits < 0) {
            return 0; // no number: a hint that is not understood
        }
        int flags = (int) bits & 0xFF;
        flags |= (bits & SYN_ACK) != 0 ? TcpFlags.SYN | TcpFlags.ACK : 0;
        flags |= (bits & FIN_ACK) != 0 ? TcpFlags.FIN | TcpFlags.ACK : 0;
        flags |= (bits & RST_ACK) != 0 ? TcpFlags.RST | TcpFlags.ACK : 0;
        return flags;
    }

    /** Newer pipelines write the flags as names in an array, {@code SYN_ACK} among them. */
    private void flagNames() throws UndecodableException {
        if (!json.enterArray()) {
            return;
        }
        while (json.nextElement()) {
            if (json.isScalar()) {
                byte[] text = json.text();
                int from = json.from();
                int length = json.to() - from;
                draft.tcpFlags(length > 0 ? TcpFlags.letter(text[from]) : 0);
                draft.tcpFlags(length > 3 && text[from + 3] == '_' ? TcpFlags.ACK : 0);
            }
        }
    }
}
