package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.util.List;

/** Merges actors by the start of their next flow: a binary heap with one entry an actor, ties in the actors' order. */
final class Merge implements FlowCursor {
    private final Actor[] heap;
    private final int[] rank;
    private final Address exporter;
    private int size;

    Merge(List<Actor> actors, Address exporter) {
        this.exporter = exporter;
        heap = new Actor[actors.size()];
        rank = new int[actors.size()];
        for (int i = 0; i < heap.length; i++) {
            if (actors.get(i).nextMs != Actor.NEVER) {
                heap[size] = actors.get(i);
                rank[size] = i;
                size++;
            }
        }
        for (int i = size / 2 - 1; i >= 0; i--) {
            siftDown(i);
        }
    }

    @Override
    public boolean next(Flow into) {
        if (size == 0) {
            return false;
        }
        Actor actor = heap[0];
        into.clear();
        into.startMs = actor.nextMs;
        into.exporterHi = exporter.hi;
        into.exporterLo = exporter.lo;
        actor.emit(into);
        if (actor.nextMs < into.startMs) {
            throw new IllegalStateException(actor.getClass().getSimpleName() + " went back in time");
        }
        if (actor.nextMs == Actor.NEVER) {
            size--;
            heap[0] = heap[size];
            rank[0] = rank[size];
            heap[size] = null;
        }
        siftDown(0);
        return true;
    }

    private void siftDown(int from) {
        if (from >= size) {
            return;
        }
        Actor actor = heap[from];
        int actorRank = rank[from];
        int hole = from;
        while (2 * hole + 1 < size) {
            int child = 2 * hole + 1;
            if (child + 1 < size && before(heap[child + 1], rank[child + 1], heap[child], rank[child])) {
                child++;
            }
            if (!before(heap[child], rank[child], actor, actorRank)) {
                break;
            }
            heap[hole] = heap[child];
            rank[hole] = rank[child];
            hole = child;
        }
        heap[hole] = actor;
        rank[hole] = actorRank;
    }

    private static boolean before(Actor a, int rankA, Actor b, int rankB) {
        return a.nextMs < b.nextMs || a.nextMs == b.nextMs && rankA < rankB;
    }
}
