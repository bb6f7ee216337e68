package io.botwatch.finding;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.UUID;

/**
 * An external merge sort of byte payloads by (major, uid), where of equal keys the last one added stays.
 *
 * <p>Payloads are kept in memory up to a limit, then written to a temporary file as a sorted run. It knows nothing of
 * what it sorts. Not thread-safe.
 */
final class SpillingSorter implements AutoCloseable {
    /** Rough cost of a map entry, its key and an array's header. */
    private static final int ENTRY_OVERHEAD_BYTES = 120;

    /** Runs read at once, each with a buffer and a file handle. */
    static final int MAX_FAN_IN = 64;

    /** The uid is compared as its text would be. */
    record Key(long major, UUID uid) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int order = Long.compare(major, other.major);
            if (order == 0) {
                order = Long.compareUnsigned(uid.getMostSignificantBits(), other.uid.getMostSignificantBits());
            }
            if (order == 0) {
                order = Long.compareUnsigned(uid.getLeastSignificantBits(), other.uid.getLeastSignificantBits());
            }
            return order;
        }
    }

    /** What takes the sorted entries. */
    interface Visitor {
        void accept(Key key, byte[] payload) throws IOException;
    }

    private final Path directory;
    private final long memoryBytes;
    private final Map<Key, byte[]> recent = new HashMap<>();
    private long recentBytes;

    /** Oldest first: of equal keys the later run's wins. */
    private final List<Path> runs = new ArrayList<>();

    /** @param directory where runs are written; must exist */
    SpillingSorter(Path directory, long memoryBytes) {
        this.directory = directory;
        this.memoryBytes = memoryBytes;
    }

    void add(Key key, byte[] payload) throws IOException {
        byte[] before = recent.put(key, payload);
        recentBytes += payload.length + (before == null ? ENTRY_OVERHEAD_BYTES : -before.length);
        if (recentBytes > memoryBytes) {
            spill();
        }
    }

    int runs() {
        return runs.size();
    }

    private List<Map.Entry<Key, byte[]>> recentSorted() {
        List<Map.Entry<Key, byte[]>> sorted = new ArrayList<>(recent.entrySet());
        sorted.sort(Map.Entry.comparingByKey());
        return sorted;
    }

    private void spill() throws IOException {
        Path run = newRun();
        try (RunWriter writer = new RunWriter(run)) {
            for (Map.Entry<Key, byte[]> entry : recentSorted()) {
                writer.accept(entry.getKey(), entry.getValue());
            }
        }
        recent.clear();
        recentBytes = 0;
        if (runs.size() >= 2 * MAX_FAN_IN) {
            mergeOldest();
        }
    }

    private Path newRun() throws IOException {
        Path run = Files.createTempFile(directory, "run-", ".bin");
        runs.add(run);
        return run;
    }

    /** The oldest runs become one, in their place, so that the order of runs stays that of time. */
    private void mergeOldest() throws IOException {
        List<Path> oldest = new ArrayList<>(runs.subList(0, MAX_FAN_IN));
        Path merged = newRun();
        try (RunWriter writer = new RunWriter(merged)) {
            merge(oldest, List.of(), writer);
        }
        runs.remove(merged);
        runs.subList(0, MAX_FAN_IN).clear();
        runs.add(0, merged);
        for (Path run : oldest) {
            Files.delete(run);
        }
    }

    /** Visits each key once, in order. May be called again, also after more was added. */
    void forEach(Visitor visitor) throws IOException {
        while (runs.size() > MAX_FAN_IN) {
            mergeOldest();
        }
        merge(runs, recentSorted(), visitor);
    }

    private static void merge(List<Path> runs, List<Map.Entry<Key, byte[]>> newest, Visitor visitor)
            throws IOException {
        // Of equal keys the newest source comes first, and the others are passed over.
        PriorityQueue<Source> heads = new PriorityQueue<>(
                Comparator.comparing((Source source) -> source.key).thenComparing(source -> -source.age));
        List<Source> open = new ArrayList<>();
        try {
            for (Path run : runs) {
                Source source = new RunSource(run, open.size());
                open.add(source);
            }
            open.add(new MemorySource(newest.iterator(), open.size()));
            for (Source source : open) {
                if (source.advance()) {
                    heads.add(source);
                }
            }
            Key last = null;
            while (!heads.isEmpty()) {
                Source head = heads.poll();
                if (!head.key.equals(last)) {
                    last = head.key;
                    visitor.accept(head.key, head.payload);
                }
                if (head.advance()) {
                    heads.add(head);
                }
            }
        } finally {
            for (Source source : open) {
                source.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        recent.clear();
        recentBytes = 0;
        for (Path run : runs) {
            Files.deleteIfExists(run);
        }
        runs.clear();
    }

    /** A sorted sequence and its current entry; a higher age is newer. */
    private abstract static class Source {
        final int age;
        Key key;
        byte[] payload;

        Source(int age) {
            this.age = age;
        }

        abstract boolean advance() throws IOException;

        void close() throws IOException {}
    }

    private static final class MemorySource extends Source {
        private final Iterator<Map.Entry<Key, byte[]>> entries;

        MemorySource(Iterator<Map.Entry<Key, byte[]>> entries, int age) {
            super(age);
            this.entries = entries;
        }

        @Override
        boolean advance() {
            if (!entries.hasNext()) {
                return false;
            }
            Map.Entry<Key, byte[]> entry = entries.next();
            key = entry.getKey();
            payload = entry.getValue();
            return true;
        }
    }

    private static final class RunSource extends Source {
        private final DataInputStream in;

        RunSource(Path run, int age) throws IOException {
            super(age);
            in = new DataInputStream(new BufferedInputStream(Files.newInputStream(run), 1 << 16));
        }

        @Override
        boolean advance() throws IOException {
            // A run ends with a length of -1, so that one cut short by a full disk is noticed.
            int length = in.readInt();
            if (length < 0) {
                return false;
            }
            key = new Key(in.readLong(), new UUID(in.readLong(), in.readLong()));
            payload = new byte[length];
            in.readFully(payload);
            return true;
        }

        @Override
        void close() throws IOException {
            in.close();
        }
    }

    private static final class RunWriter implements Visitor, AutoCloseable {
        private final DataOutputStream out;

        RunWriter(Path run) throws IOException {
            out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(run), 1 << 16));
        }

        @Override
        public void accept(Key key, byte[] payload) throws IOException {
            out.writeInt(payload.length);
            out.writeLong(key.major());
            out.writeLong(key.uid().getMostSignificantBits());
            out.writeLong(key.uid().getLeastSignificantBits());
            out.write(payload);
        }

        @Override
        public void close() throws IOException {
            try (out) {
                out.writeInt(-1);
            }
        }
    }
}
