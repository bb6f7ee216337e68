package io.botwatch.finding;

import io.botwatch.flow.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * One state of one finding: what is known of a story at an event time. Mutable while it is put together.
 *
 * <p>Everything in it derives from event time and content, so that the same flows give the same bytes. {@code null},
 * {@code -1} and {@code NaN} mean "has no meaning for this type".
 */
public final class Finding {

    /** What a finding is of; the {@code type} column of the flat view. */
    public enum Type {
        BEACON,
        VOLUMETRIC,
        RELAY,
        SPREADER,
        IRC,
        SPAM,
        OUTBOUND_FLOOD,
        LONG_CONNECTION,
        DNS,
        STORY,
        DGA;

        /** As rules and the flat view spell it, e.g. {@code long-connection}. */
        public String label() {
            return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
        }
    }

    /** How far the data under a finding can be trusted. The {@code confidence_id} of OCSF 1.8.0 is the ordinal plus one. */
    public enum Confidence {
        LOW,
        MEDIUM,
        HIGH
    }

    /** The {@code activity_id} of OCSF 1.8.0 is the ordinal plus one. */
    public enum Activity {
        CREATE,
        UPDATE,
        CLOSE
    }

    /** Who hears of a finding. */
    public enum Audience {
        /** Whoever reads findings. */
        ALL,
        /** Whoever tries the rule out: it is in shadow mode. */
        SHADOW,
        /** Whoever asks for what an exception kept back. */
        SUPPRESSED
    }

    /** A sampled connection that shows the behaviour; ports are -1 where unknown, {@code startMs} is epoch ms. */
    public record Sample(Address src, Address dst, int dstPort, long startMs) {}

    /** A measured value and its name, in the order in which it is written: detector evidence and thresholds in force. */
    public record Measure(String name, String value) {}

    /** UUIDv5 of (rule id, tenant, group key, episode start); set by the lifecycle. */
    public UUID uid;

    public Activity activity;

    /** Set by the lifecycle. */
    public Audience audience = Audience.ALL;

    /** Id of the exception that counted for it; empty for none. Set by the lifecycle. */
    public String exception = "";

    public Type type;
    public String ruleId;
    public String ruleTitle;

    /** Sigma-style tags of the rule, e.g. {@code attack.t1583.005}. */
    public List<String> tags = List.of();

    public Severity severity;

    /** Start of the earliest flow it rests on, epoch ms. */
    public long firstSeenMs;

    /** Start of the latest flow it rests on, epoch ms. */
    public long lastSeenMs;

    /** Episode start: with rule and group key it makes the uid. Epoch ms. */
    public long episodeMs;

    /** Event time at which this state was true: a window's end. Epoch ms. */
    public long timeMs;

    public Address src;

    /** The internal host that relays; relay findings only. */
    public Address relay;

    public Address dst;

    /** -1 where it has no meaning. */
    public int dstPort = -1;

    /** IANA number; -1 where the rule does not look at it. */
    public int protocol = -1;

    /** Connections of the fullest window (beacon, volumetric) or pairs seen (relay). */
    public long connections;

    /** -1 where it has no meaning. */
    public long distinctSources = -1;

    /** -1 where it has no meaning. */
    public long distinctTargets = -1;

    /** 0 to 1; NaN where the rule does not score. */
    public double score = Double.NaN;

    /** Seconds; NaN where no period was measured. */
    public double periodSeconds = Double.NaN;

    /** Share of the period, 0 to 1; NaN where no period was measured. */
    public double jitter = Double.NaN;

    /** Of the data, not of the verdict; null where the rule does not say. */
    public Confidence confidence;

    /** One sentence for an analyst: who, what, how often, since when. */
    public String message;

    /** Version of the rules in force: a digest of the rule document. */
    public String configVersion = "";

    public List<Measure> measures = new ArrayList<>();

    /** At most 20. */
    public List<Sample> samples = new ArrayList<>();

    /** Data-quality remarks: overflow, sampling, estimates. */
    public List<String> notes = new ArrayList<>();

    /** The internal host that the finding is about; null where there is none. */
    public Address host() {
        return switch (type) {
            case RELAY -> relay;
            case VOLUMETRIC -> dst;
            default -> src;
        };
    }

    public Finding measure(String name, Object value) {
        measures.add(new Measure(name, String.valueOf(value)));
        return this;
    }

    /** A copy whose lists may be changed independently. */
    public Finding copy() {
        Finding copy = new Finding();
        copy.uid = uid;
        copy.activity = activity;
        copy.audience = audience;
        copy.exception = exception;
        copy.type = type;
        copy.ruleId = ruleId;
        copy.ruleTitle = ruleTitle;
        copy.tags = tags;
        copy.severity = severity;
        copy.firstSeenMs = firstSeenMs;
        copy.lastSeenMs = lastSeenMs;
        copy.episodeMs = episodeMs;
        copy.timeMs = timeMs;
        copy.src = src;
        copy.relay = relay;
        copy.dst = dst;
        copy.dstPort = dstPort;
        copy.protocol = protocol;
        copy.connections = connections;
        copy.distinctSources = distinctSources;
        copy.distinctTargets = distinctTargets;
        copy.score = score;
        copy.periodSeconds = periodSeconds;
        copy.jitter = jitter;
        copy.confidence = confidence;
        copy.message = message;
        copy.configVersion = configVersion;
        copy.measures = new ArrayList<>(measures);
        copy.samples = new ArrayList<>(samples);
        copy.notes = new ArrayList<>(notes);
        return copy;
    }
}
