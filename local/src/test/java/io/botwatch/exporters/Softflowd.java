package io.botwatch.exporters;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes NetFlow of a capture, with softflowd. */
final class Softflowd {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern EXPORTED = Pattern.compile("Flows exported: \\d+ \\((\\d+) records\\)");

    /** Above the flows of any capture here; when its table is full it cuts the oldest ones. */
    private static final String MAX_FLOWS = "100000";

    private final Path folder;
    private final NetflowVersion version;

    /** @param folder where its files go; its name must be short, for a socket is among them */
    Softflowd(Path folder, NetflowVersion version) {
        this.folder = folder;
        this.version = version;
    }

    /**
     * Reads the capture as a file. Then no timeout ends a flow: each ends when the capture does.
     *
     * @return how many records it exported
     */
    long replay(Path capture, UdpPort collector) throws IOException, InterruptedException {
        Path said = folder.resolve("softflowd.out");
        // Of a file it polls nothing, and may wait for ever for a client of its control socket.
        List<String> command = command(collector, "none");
        command.addAll(List.of("-r", capture.toString()));
        Program.run(said, LIMIT, command);
        return exported(said);
    }

    /**
     * Lets it meet the packets one by one, as on a wire, at the times of the capture: its timeouts end flows.
     *
     * @return how many records it exported
     */
    long replayLive(Path capture, Timeouts timeouts, UdpPort collector) throws IOException, InterruptedException {
        UdpPort samples = UdpPort.free();
        List<String> command = command(collector, control().toString());
        command.addAll(List.of("-R", String.valueOf(samples.number())));
        command.addAll(timeouts.options());
        Files.deleteIfExists(control());
        try (Program softflowd = Program.start(folder.resolve("softflowd.out"), command)) {
            softflowd.await("softflowd listens", LIMIT, () -> samples.isOpen() && Files.exists(control()));
            try (PacketSamples sender = new PacketSamples(samples)) {
                for (CapturedPacket packet : CapturedPacket.readAll(capture)) {
                    sender.send(packet);
                }
                sender.finish();
            }
            tell("expire-all");
            return exported(tell("statistics"));
        }
    }

    private Path tell(String word) throws IOException, InterruptedException {
        Path answer = folder.resolve("softflowctl.out");
        Program.run(answer, LIMIT, List.of("softflowctl", "-c", control().toString(), word));
        return answer;
    }

    private List<String> command(UdpPort collector, String control) {
        List<String> command = new ArrayList<>(List.of("softflowd", "-n", collector.toString()));
        command.addAll(version.options);
        // -a: its clock is the packets'. -p: at its end it removes the file of this name, also one that is not its own.
        command.addAll(List.of(
                "-d", "-a", "-m", MAX_FLOWS, "-c", control, "-p", folder.resolve("softflowd.pid").toString()));
        return command;
    }

    private Path control() {
        return folder.resolve("softflowd.ctl");
    }

    private static long exported(Path said) throws IOException {
        Matcher matcher = EXPORTED.matcher(Files.readString(said, StandardCharsets.ISO_8859_1));
        if (!matcher.find()) {
            throw new AssertionError("softflowd does not say how many records it exported");
        }
        return Long.parseLong(matcher.group(1));
    }
}
