package io.botwatch.appraise;

import io.botwatch.combine.Combining;
import io.botwatch.flow.Direction;
import io.botwatch.flow.Flow;
import io.botwatch.flow.Handshake;
import io.botwatch.sketch.DistinctCount;

/** What is known of addresses from outbound connections: of external peers, or of internal hosts. */
public final class ContactCombining implements Combining<Flow, Contact> {
    private enum Subject {
        PEER,
        HOST,
        ALL
    }

    private final Subject subject;
    private final long secret;

    private transient Contact probe;

    private ContactCombining(Subject subject, long secret) {
        this.subject = subject;
        this.secret = secret;
    }

    /** Which internal hosts contact an external peer. */
    public static ContactCombining ofPeers(long secret) {
        return new ContactCombining(Subject.PEER, secret);
    }

    /** Which external peers an internal host contacts on ports of no usual service, and on how many of those. */
    public static ContactCombining ofHosts(long secret) {
        return new ContactCombining(Subject.HOST, secret);
    }

    /** Which internal hosts there are, under one address for all. */
    public static ContactCombining ofAll(long secret) {
        return new ContactCombining(Subject.ALL, secret);
    }

    @Override
    public boolean wants(Flow flow) {
        if (flow.direction != Direction.OUTBOUND) {
            return false;
        }
        return switch (subject) {
            // Whoever scans the Internet must not fill the memory of peers, nor pass for peer-to-peer.
            case PEER -> Handshake.isAnswered(flow);
            case HOST -> UsualService.of(flow.dstPort) == null && Handshake.isAnswered(flow);
            case ALL -> true;
        };
    }

    @Override
    public Contact probe(Flow flow) {
        if (probe == null) {
            probe = new Contact();
        }
        switch (subject) {
            case PEER -> probe.at(flow.dstHi, flow.dstLo);
            case HOST -> probe.at(flow.srcHi, flow.srcLo);
            case ALL -> probe.at(0, 0);
        }
        probe.bucketMs = Math.floorDiv(flow.startMs, Contact.BUCKET_MS) * Contact.BUCKET_MS;
        return probe;
    }

    @Override
    public Contact start(Contact probe) {
        Contact contact = new Contact();
        contact.at(probe.hi, probe.lo);
        contact.bucketMs = probe.bucketMs;
        contact.ports = subject == Subject.HOST ? new DistinctCount() : null;
        return contact;
    }

    @Override
    public void add(Contact contact, Flow flow) {
        if (subject == Subject.HOST) {
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
