package io.botwatch.appraise;

import io.botwatch.flow.Address;
import io.botwatch.wire.RecordSerializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/** What names internal hosts were told addresses for: of each address the latest few, whoever asked. */
final class Namings {
    private static final int PER_ADDRESS = 8;
    private static final int SHOWN = 3;

    private final int maxAddresses;

    /** The least recently named first. */
    private final Map<Address, TreeSet<Naming>> byAddress = new LinkedHashMap<>(16, 0.75f, true);

    Namings(int maxAddresses) {
        this.maxAddresses = maxAddresses;
    }

    /** In whatever order within a bucket. */
    void add(Address address, Naming naming, long forgetBeforeMs) {
        TreeSet<Naming> namings = byAddress.computeIfAbsent(address, a -> new TreeSet<>());
        // One host that asks again and again must not crowd out the others.
        namings.removeIf(each -> each.isSame(naming) && each.atMs() < naming.atMs());
        if (namings.stream().noneMatch(naming::isSame)) {
            namings.add(naming);
        }
        if (namings.size() > PER_ADDRESS) {
            namings.pollFirst();
        }
        Iterator<TreeSet<Naming>> leastRecent = byAddress.values().iterator();
        while (leastRecent.hasNext()) {
            boolean old = leastRecent.next().last().atMs() < forgetBeforeMs;
            if (!old && byAddress.size() <= maxAddresses) {
                break;
            }
            leastRecent.remove();
        }
    }

    /** Those that the host itself looked up, the latest first. */
    List<String> of(Address address, Address host) {
        TreeSet<Naming> namings = byAddress.get(address);
        if (namings == null || host == null) {
            return List.of();
        }
        return namings.descendingSet().stream()
                .filter(naming -> naming.host().equals(host))
                .map(Naming::name)
                .limit(SHOWN)
                .toList();
    }

    boolean isEmpty() {
        return byAddress.isEmpty();
    }

    void write(DataOutputView out) throws IOException {
        RecordSerializer.writeVarInt(byAddress.size(), out);
        for (Map.Entry<Address, TreeSet<Naming>> each : new ArrayList<>(byAddress.entrySet())) {
            out.writeLong(each.getKey().hi);
            out.writeLong(each.getKey().lo);
            out.writeByte(each.getValue().size());
            for (Naming naming : each.getValue()) {
                naming.write(out);
            }
        }
    }

    void read(DataInputView in) throws IOException {
        for (int i = RecordSerializer.readVarInt(in); i > 0; i--) {
            Address address = new Address(in.readLong(), in.readLong());
            TreeSet<Naming> namings = new TreeSet<>();
            for (int k = in.readByte(); k > 0; k--) {
                namings.add(Naming.read(in));
            }
            byAddress.put(address, namings);
        }
    }
}
