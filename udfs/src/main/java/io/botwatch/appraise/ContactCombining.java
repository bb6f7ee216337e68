package io.botwatch.appraise;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.sketch.DistinctCount;

/** What is known of addresses from outbound connections: of external peers, or of internal hosts. */
public final class ContactCombining implements Combining<Flow, Contact> {
    private final boolean ofHosts;
    private final long secret;

    private transient Contact probe;

    private ContactCombining(boolean ofHosts, long secret) {
        this.ofHosts = ofHosts;
        this.secret = secret;
    }

    /** Which internal hosts contact an external peer. */
    public static ContactCombining ofPeers(long secret) {
        return new ContactCombining(false, secret);
    }

    /** Which external peers an internal host contacts on ports of no usual service, and on how many of those. */
    public static ContactCombining ofHosts(long secret) {
        return new ContactCombining(true, secret);
    }

    @Override
    public boolean wants(Flow flow) {
        return flow.direction == Direction.OUTBOUND && (!ofHosts || UsualService.of(flow.dstPort) == null);
    }

    @Override
    public Contact probe(Flow flow) {
        if (probe == null) {
            probe = new Contact();
        }
        probe.hi = ofHosts ? flow.srcHi : flow.dstHi;
        probe.lo = ofHosts ? flow.srcLo : flow.dstLo;
        probe.bucketMs = Math.floorDiv(flow.startMs, Contact.BUCKET_MS) * Contact.BUCKET_MS;
        return probe;
    }

    @Override
    public Contact start(Contact probe) {
        Contact contact = new Contact();
        contact.hi = probe.hi;
        contact.lo = probe.lo;
        contact.bucketMs = probe.bucketMs;
        contact.ports = ofHosts ? new DistinctCount() : null;
        return contact;
    }

    @Override
    public void add(Contact contact, Flow flow) {
        if (ofHosts) {
            contact.others.add(DistinctCount.hash(secret, flow.dstHi, flow.dstLo));
            contact.ports.add(DistinctCount.hash(secret, 0, flow.dstPort));
        } else {
            contact.others.add(DistinctCount.hash(secret, flow.srcHi, flow.srcLo));
        }
    }

    @Override
    public long bucketEndMs(Contact contact) {
        return contact.endMs();
    }

    @Override
    public int size(Contact contact) {
        return contact.others.size() + (contact.ports == null ? 0 : contact.ports.size());
    }
}
