package io.botwatch.bench.micro;

import io.botwatch.finding.Finding;
import io.botwatch.finding.FindingFormat;
import io.botwatch.finding.FindingWriter;
import io.botwatch.finding.SampleFindings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A finding to the line that a SIEM reads. */
@State(Scope.Thread)
public class FindingBenchmark {
    @Param
    public FindingFormat format;

    /** A volumetric one has twenty samples. */
    @Param({"BEACON", "VOLUMETRIC"})
    public Finding.Type type;

    private FindingWriter writer;
    private Finding finding;

    @Setup
    public void open() {
        writer = format.writer("default", "0.0.0");
        finding = type == Finding.Type.BEACON ? SampleFindings.beacon() : SampleFindings.volumetric();
    }

    @Benchmark
    public byte[] write() {
        return writer.write(finding);
    }
}
