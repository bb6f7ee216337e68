package io.botwatch.appraise;

import io.botwatch.finding.Candidate;
import io.botwatch.finding.CandidateSerializer;
import io.botwatch.flow.Address;
import io.botwatch.wire.KeyGroups;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * The addresses of one key group, and what waits for the watermark: a candidate is appraised by what was known at its time,
 * whatever has arrived since.
 */
final class AcquaintanceTable {
    private static final int VERSION = 2;
    private static final long FORGOTTEN_AFTER_MS = TimeUnit.DAYS.toMillis(7);

    /** What is known of a named address takes as much as that of so many others. */
    private static final int ADDRESSES_FOR_A_NAMED_ONE = 8;

    private static final long NEVER = Long.MAX_VALUE;

    private record Waiting(Candidate candidate, long number) {}

    private final int maxAddresses;

    /** The least recently seen first. */
    private final Map<Address, Acquaintance> known = new LinkedHashMap<>(16, 0.75f, true);

    private final Namings namings;
    private final PriorityQueue<Contact> contacts = new PriorityQueue<>(Comparator.comparingLong(Contact::endMs));
    private final PriorityQueue<Waiting> candidates = new PriorityQueue<>(
            Comparator.comparingLong((Waiting waiting) -> waiting.candidate.finding.timeMs)
                    .thenComparingLong(Waiting::number));
    private long numbered;

    /** How many internal hosts there are, as far as was told. */
    private long population;

    /** Since when every address that was seen is known, epoch ms. */
    private long completeSinceMs = NEVER;

    AcquaintanceTable(int maxAddresses) {
        this.maxAddresses = maxAddresses;
        this.namings = new Namings(Math.max(1, maxAddresses / ADDRESSES_FOR_A_NAMED_ONE));
    }

    /**
     * @param contact kept
     * @return how many addresses had to be let go of, to keep within the bound
     */
    int add(Contact contact) {
        contacts.add(contact);
        // Under a flood of new addresses, better ahead of time than not at all.
        return contacts.size() > maxAddresses ? learn(contacts.poll()) : 0;
    }

    /** @param candidate kept */
    void add(Candidate candidate) {
        candidates.add(new Waiting(candidate, numbered++));
    }

    boolean isEmpty() {
        return known.isEmpty() && namings.isEmpty() && contacts.isEmpty() && candidates.isEmpty();
    }

    int size() {
        return known.size();
    }

    /**
     * Goes on to the watermark.
     *
     * @param appraiser weighs what became due
     * @param out gets it, in order of time
     * @return how many addresses had to be let go of, to keep within the bound
     */
    int advance(long watermarkMs, Appraiser appraiser, Consumer<Candidate> out) {
        int evicted = 0;
        while (!candidates.isEmpty() && candidates.peek().candidate.finding.timeMs - 1 <= watermarkMs) {
            Candidate due = candidates.poll().candidate;
            evicted += learn(due.finding.timeMs - 1);
            Address subject = appraiser.subject(due);
            Surroundings surroundings =
                    new Surroundings(population, completeSinceMs, namings.of(subject, due.finding.src));
            if (appraiser.appraise(due, known.get(subject), surroundings)) {
                out.accept(due);
            }
        }
        return evicted + learn(watermarkMs);
    }

    private int learn(long untilMs) {
        int evicted = 0;
        while (!contacts.isEmpty() && contacts.peek().endMs() - 1 <= untilMs) {
            evicted += learn(contacts.poll());
        }
        return evicted;
    }

    private int learn(Contact contact) {
        if (contact.population > 0) {
            population = contact.population;
            return 0;
        }
        if (contact.naming != null) {
            namings.add(contact.address(), contact.naming, contact.endMs() - FORGOTTEN_AFTER_MS);
            return 0;
        }
        completeSinceMs = Math.min(completeSinceMs, contact.endMs());
        Acquaintance acquaintance = known.get(contact.address());
        if (acquaintance == null) {
            known.put(contact.address(), new Acquaintance(contact));
        } else {
            acquaintance.add(contact);
        }
        return forget(contact.endMs());
    }

    private int forget(long nowMs) {
        int evicted = 0;
        Iterator<Acquaintance> leastRecent = known.values().iterator();
        while (leastRecent.hasNext()) {
            Acquaintance each = leastRecent.next();
            boolean old = each.lastMs < nowMs - FORGOTTEN_AFTER_MS;
            if (!old && known.size() <= maxAddresses) {
                break;
            }
            leastRecent.remove();
            completeSinceMs = Math.max(completeSinceMs, each.lastMs);
            evicted += old ? 0 : 1;
        }
        return evicted;
    }

    void write(DataOutputView out) throws IOException {
        out.writeByte(VERSION);
        out.writeLong(completeSinceMs);
        out.writeLong(population);
        RecordSerializer.writeVarInt(known.size(), out);
        for (Map.Entry<Address, Acquaintance> each : known.entrySet()) {
            out.writeLong(each.getKey().hi);
            out.writeLong(each.getKey().lo);
            each.getValue().write(out);
        }
        namings.write(out);
        RecordSerializer.writeVarInt(contacts.size(), out);
        for (Contact contact : contacts) {
            Contact.Serializer.INSTANCE.serialize(contact, out);
        }
        RecordSerializer.writeVarInt(candidates.size(), out);
        Waiting[] inOrder = candidates.toArray(Waiting[]::new);
        java.util.Arrays.sort(inOrder, candidates.comparator());
        for (Waiting waiting : inOrder) {
            CandidateSerializer.INSTANCE.serialize(waiting.candidate, out);
        }
    }

    void read(DataInputView in) throws IOException {
        int version = KeyGroups.readVersion("acquaintances", 1, VERSION, in);
        completeSinceMs = in.readLong();
        population = in.readLong();
        for (int i = RecordSerializer.readVarInt(in); i > 0; i--) {
            known.put(new Address(in.readLong(), in.readLong()), Acquaintance.read(in));
        }
        if (version > 1) {
            namings.read(in);
        }
        for (int i = RecordSerializer.readVarInt(in); i > 0; i--) {
            contacts.add(Contact.Serializer.INSTANCE.deserialize(in));
        }
        for (int i = RecordSerializer.readVarInt(in); i > 0; i--) {
            add(CandidateSerializer.INSTANCE.deserialize(in));
        }
    }
}
