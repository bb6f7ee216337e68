package io.botwatch.quality;

import io.botwatch.flow.Flow;
import io.botwatch.flow.Trait;

/**
 * What it took to make connections of an exporter's records. A connection is counted for the exporter of its initiator's
 * direction (of its only one, when that is the responder's), everything else for the exporter of the record. Not thread-safe;
 * a metric that is read meanwhile may be a record behind.
 */
public final class ConnectionQuality {
    private long begun;
    private long whole;
    private long replyOnly;
    private long replies;
    private long pieces;
    private long copies;
    private long guessed;
    private long evicted;

    /** A record that is a connection already. */
    public void addWhole(Flow record) {
        begun++;
        whole += record.biflow ? 1 : 0;
    }

    /** A connection that has begun. */
    public void addBegun(Flow connection) {
        begun++;
        guessed += (connection.traits & Trait.GUESSED_INITIATOR) != 0 ? 1 : 0;
    }

    /** What a connection came to. */
    public void addTotal(Flow connection) {
        replyOnly += (connection.traits & Trait.REPLY_ONLY) != 0 ? 1 : 0;
        evicted += (connection.traits & Trait.EVICTED) != 0 ? 1 : 0;
    }

    /** A record that is the other direction of a connection. */
    public void addReply() {
        replies++;
    }

    /** A record that goes on with a direction of a connection. */
    public void addPiece() {
        pieces++;
    }

    /** A record of what another exporter has reported. */
    public void addCopy() {
        copies++;
    }

    /** Connections, those of which only replies were seen included. */
    public long connections() {
        return begun + replyOnly;
    }

    public long replyOnly() {
        return replyOnly;
    }

    public long replies() {
        return replies;
    }

    public long pieces() {
        return pieces;
    }

    public long copies() {
        return copies;
    }

    /** Connections of which it was guessed who began them. */
    public long guessed() {
        return guessed;
    }

    /** Connections that were put out early, to keep within the bounds of state. */
    public long evicted() {
        return evicted;
    }

    /** Connections of which only one direction was exported. */
    public long oneWay() {
        return Math.max(0, connections() - whole - replies);
    }

    /** Records that were decided on. */
    public long records() {
        return connections() + replies + pieces + copies;
    }

    /** Records of a direction of a connection, on average, copies left out; 1 when nothing was cut. */
    public double splitRatio() {
        long directions = connections() + replies;
        return directions == 0 ? 1 : (double) (directions + pieces) / directions;
    }

    /** Records to each that is no copy; 1 when nothing was reported twice, and when everything was. */
    public double duplicateRatio() {
        long originals = records() - copies;
        return originals == 0 ? 1 : (double) records() / originals;
    }
}
