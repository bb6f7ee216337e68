package io.botwatch.job;

import io.botwatch.appraise.AppraiseOperator;
import io.botwatch.appraise.Appraiser;
import io.botwatch.appraise.Contact;
import io.botwatch.appraise.ContactCombining;
import io.botwatch.appraise.HostAppraiser;
import io.botwatch.appraise.NamingFunction;
import io.botwatch.appraise.PeerAppraiser;
import io.botwatch.appraise.PopulationFunction;
import io.botwatch.combine.LocalCombiner;
import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.AddressSerializer;
import io.botwatch.flow.Flow;
import io.botwatch.ingest.Decoded;
import org.apache.flink.streaming.api.datastream.DataStream;

/** The part of the graph that gives candidates their weight. */
final class AppraisalGraph {
    private AppraisalGraph() {}

    /** By what is known of each candidate's external peer, then by what else its host does. */
    static DataStream<Candidate> weighed(
            DataStream<Candidate> all, DataStream<Flow> connections, DataStream<Decoded> lookups, long secret) {
        DataStream<Contact> population = contacts("population", connections, ContactCombining.ofAll(secret))
                .keyBy(Contact::address, AddressSerializer.TYPE)
                .process(new PopulationFunction())
                .returns(Contact.Serializer.TYPE)
                .name("population")
                .uid("population");
        DataStream<Contact> namings = lookups.flatMap(new NamingFunction())
                .returns(Contact.Serializer.TYPE)
                .name("namings")
                .uid("namings");
        DataStream<Contact> peers =
                contacts("peers", connections, ContactCombining.ofPeers(secret)).union(population, namings);
        DataStream<Contact> hosts = contacts("hosts", connections, ContactCombining.ofHosts(secret));
        return appraise("host", appraise("peer", all, peers, new PeerAppraiser()), hosts, new HostAppraiser());
    }

    private static DataStream<Contact> contacts(String of, DataStream<Flow> connections, ContactCombining combining) {
        return connections
                // An appraisal waits for the watermark, so there is nothing to gain from flushing early.
                .transform("combine " + of, Contact.Serializer.TYPE, new LocalCombiner<>(combining))
                .uid("contact-combine-" + of);
    }

    private static DataStream<Candidate> appraise(
            String by, DataStream<Candidate> all, DataStream<Contact> contacts, Appraiser appraiser) {
        return all.keyBy(appraiser::subject, AddressSerializer.TYPE)
                .connect(contacts.keyBy(Contact::address, AddressSerializer.TYPE))
                .transform("appraise by " + by, CandidateSerializer.TYPE, new AppraiseOperator(appraiser))
                .uid("appraise-" + by);
    }
}
