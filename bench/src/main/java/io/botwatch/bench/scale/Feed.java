package io.botwatch.bench.scale;

import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** How far a source of this process may read, so that a job can be looked at while it holds what it has read so far. */
final class Feed implements AutoCloseable {
    private static final Map<String, Feed> OPEN = new ConcurrentHashMap<>();

    private final String id = UUID.randomUUID().toString();
    private long limit;
    private CompletableFuture<Void> raised = new CompletableFuture<>();
    private CompletableFuture<Void> reached = new CompletableFuture<>();

    Feed() {
        OPEN.put(id, this);
    }

    static Feed of(String id) {
        return OPEN.get(id);
    }

    String id() {
        return id;
    }

    /** Lets the source read so many records in all, or as many as there are; what is returned completes when it has. */
    CompletableFuture<Void> upTo(long records) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        CompletableFuture<Void> go;
        synchronized (this) {
            limit = records;
            reached = done;
            go = raised;
            raised = new CompletableFuture<>();
        }
        go.complete(null);
        return done;
    }

    synchronized boolean mayRead(long sofar) {
        return sofar < limit;
    }

    /** The source has read all it may. */
    synchronized void reached() {
        reached.complete(null);
    }

    synchronized CompletableFuture<Void> available(long sofar) {
        return sofar < limit ? CompletableFuture.completedFuture(null) : raised;
    }

    @Override
    public void close() {
        OPEN.remove(id);
    }
}
