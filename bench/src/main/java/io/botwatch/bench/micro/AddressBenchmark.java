package io.botwatch.bench.micro;

import io.botwatch.flow.AddressParser;
import java.nio.charset.StandardCharsets;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The text of an address to its bits. */
@State(Scope.Thread)
public class AddressBenchmark {
    @Param({"192.168.101.33", "2001:db8:85a3::8a2e:370:7334"})
    public String text;

    private final AddressParser parser = new AddressParser();
    private byte[] bytes;

    @Setup
    public void open() {
        bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Benchmark
    public long parse() {
        return parser.parse(bytes, 0, bytes.length) ? parser.hi ^ parser.lo : 0;
    }
}
