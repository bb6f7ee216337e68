package io.botwatch.dga;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Address;
import io.botwatch.flow.TextHash;
import io.botwatch.ingest.Decoded;
import io.botwatch.network.Roles;
import io.botwatch.sketch.DistinctCount;
import java.util.List;

/** What a rule sums of lookups, per host and bucket. Names are scored here, before the shuffle, and do not cross it but as samples. */
public final class LookupCombining implements Combining<Decoded, LookupSums> {
    private final DgaRule rule;
    private final Roles roles;
    private final List<String> below;
    private final long secret;

    private transient NameModel model;
    private transient LookupSums probe;

    /** @param secret key of the sketches' hashes */
    public LookupCombining(DgaRule rule, Roles roles, long secret) {
        this.rule = rule;
        this.roles = roles;
        this.below = rule.suffixes().stream().map(suffix -> "." + suffix).toList();
        this.secret = secret;
    }

    @Override
    public boolean wants(Decoded record) {
        return !roles.hasAny(rule.excludedRoles(), record.flow.srcHi, record.flow.srcLo, record.flow.startMs) && !isSkipped(record.lookup.name());
    }

    private boolean isSkipped(String name) {
        for (int i = 0; i < below.size(); i++) {
            if (name.endsWith(below.get(i)) || name.equals(rule.suffixes().get(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public LookupSums probe(Decoded record) {
        if (probe == null) {
            probe = new LookupSums();
            probe.rule = rule.stateKey();
        }
        probe.hostHi = record.flow.srcHi;
        probe.hostLo = record.flow.srcLo;
        probe.bucketMs = Math.floorDiv(record.flow.startMs, DgaRule.BUCKET_MS) * DgaRule.BUCKET_MS;
        return probe;
    }

    @Override
    public LookupSums start(LookupSums of) {
        LookupSums sums = new LookupSums();
        sums.rule = of.rule;
        sums.hostHi = of.hostHi;
        sums.hostLo = of.hostLo;
        sums.bucketMs = of.bucketMs;
        return sums;
    }

    @Override
    public void add(LookupSums sums, Decoded record) {
        if (model == null) {
            model = NameModel.shipped();
        }
        sums.lookups++;
        String name = record.lookup.name();
        if (model.score(name) >= rule.minScore()) {
            long hash = DistinctCount.hash(secret, Address.mix(TextHash.of(GeneratedLabel.of(name))), 0);
            sums.name(hash, name, record.lookup.isNoSuchName(), record.flow.startMs);
        }
    }

    @Override
    public long bucketEndMs(LookupSums sums) {
        return sums.endMs();
    }

    @Override
    public int size(LookupSums sums) {
        return sums.names.size() + sums.noSuch.size() + sums.sample.size();
    }
}
