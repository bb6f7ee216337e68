package io.botwatch.bench.peer;

import io.botwatch.bench.DayFile;
import io.botwatch.generate.FlowCursor;
import io.botwatch.generate.Goflow2JsonWriter;
import io.botwatch.ingest.FlowFormat;
import io.botwatch.ingest.InputFormat;
import io.botwatch.source.FilePlan;
import java.io.IOException;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;

/**
 * The flows that all engines are asked about, as goflow2 JSON lines; gone when closed.
 *
 * @param latestMs the latest start of a flow, epoch ms
 */
record Flows(DayFile file, FilePlan plan, long latestMs) implements AutoCloseable {
    static Flows write(FlowCursor day) throws IOException {
        long[] latestMs = {Long.MIN_VALUE};
        DayFile file = DayFile.write(new Goflow2JsonWriter(), into -> {
            boolean more = day.next(into);
            if (more) {
                latestMs[0] = Math.max(latestMs[0], into.startMs);
            }
            return more;
        });
        FilePlan plan = FilePlan.survey(
                List.of(file.path()), InputFormat.of(FlowFormat.GOFLOW2_JSON, ZoneOffset.UTC), n -> {});
        return new Flows(file, plan, latestMs[0]);
    }

    Path path() {
        return file.path();
    }

    long records() {
        return file.records();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
