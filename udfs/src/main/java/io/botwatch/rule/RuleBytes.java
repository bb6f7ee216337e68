package io.botwatch.rule;

import io.botwatch.exception.Exceptions;
import io.botwatch.wire.RuleChange;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;
import org.apache.flink.util.InstantiationUtil;

/**
 * A rule set on its way from the source of a job to its operators, as the job's graph carries the first one. Only the attempt of
 * a job that wrote it reads it: it is in no savepoint and in no topic.
 */
public final class RuleBytes {
    private RuleBytes() {}

    /** A change to this rule set. */
    public static RuleChange change(long sequence, long effectiveFromMs, RuleSet rules) {
        return new RuleChange(sequence, effectiveFromMs, 0, write(rules.withoutExceptions()), write(rules.exceptions()));
    }

    static RuleSet rules(RuleChange change) {
        RuleSet rules = read(change.rules());
        return change.exceptions().length == 0 ? rules : rules.withExceptions(read(change.exceptions()));
    }

    private static byte[] write(Serializable part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(new DeflaterOutputStream(bytes))) {
            out.writeObject(part);
        } catch (IOException e) {
            throw new UncheckedIOException("writing rules to memory", e);
        }
        return bytes.toByteArray();
    }

    private static <T> T read(byte[] bytes) {
        try (InflaterInputStream in = new InflaterInputStream(new ByteArrayInputStream(bytes))) {
            return InstantiationUtil.deserializeObject(in, Thread.currentThread().getContextClassLoader());
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("rules of another build are on their way", e);
        }
    }
}
