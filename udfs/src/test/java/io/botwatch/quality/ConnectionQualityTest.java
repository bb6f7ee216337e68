package io.botwatch.quality;

import static io.botwatch.flow.Flows.T;
import static io.botwatch.flow.Flows.external;
import static io.botwatch.flow.Flows.internal;
import static org.assertj.core.api.Assertions.assertThat;

import io.botwatch.connection.ConnectionSettings;
import io.botwatch.connection.ConnectionTracker;
import io.botwatch.connection.ConnectionTracker.Part;
import io.botwatch.connection.Talk;
import io.botwatch.connection.Talk.Exporter;
import io.botwatch.flow.Address;
import io.botwatch.flow.Flow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** On exporters that are simulated packet by packet, so that what each exported of every connection is known. */
class ConnectionQualityTest {
    private final ExporterTable<ConnectionQuality> exporters = new ExporterTable<>(name -> new ConnectionQuality());

    private ConnectionQuality exporter(int number) {
        return exporters.of(0, Address.v4(192 << 24 | 168 << 16 | number));
    }

    private void track(List<Flow> records) {
        ConnectionTracker.Output output = new ConnectionTracker.Output() {
            @Override
            public void opened(Flow connection) {
                exporters.of(connection.exporterHi, connection.exporterLo).addBegun(connection);
            }

            @Override
            public void total(Flow connection) {
                exporters.of(connection.exporterHi, connection.exporterLo).addTotal(connection);
            }
        };
        ConnectionTracker.Tally tally = new ConnectionTracker.Tally() {
            @Override
            public void joined(Part part, long exporterHi, long exporterLo) {
                ConnectionQuality quality = exporters.of(exporterHi, exporterLo);
                switch (part) {
                    case REPLY -> quality.addReply();
                    case PIECE -> quality.addPiece();
                    case COPY -> quality.addCopy();
                }
            }

            @Override
            public void evicted(int conversations) {}
        };
        ConnectionTracker tracker = new ConnectionTracker(ConnectionSettings.DEFAULT, 0, 1, 1, 1, output, tally);
        records.stream().sorted(Comparator.comparingLong(flow -> flow.startMs)).forEach(flow -> {
            tracker.advance(flow.startMs - 1);
            tracker.add(0, flow);
        });
        tracker.advance(Long.MAX_VALUE);
    }

    @Test
    void eachExportersPiecesCopiesAndRepliesAreItsOwn() {
        List<Flow> first = new ArrayList<>();
        List<Flow> second = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Talk talk = Talk.session(internal(i), 50_000 + i, external(i), 443, T + i * 3_000L, i * 5_000L + 1_000, 900);
            first.addAll(talk.records(Exporter.usual(1)));
            second.addAll(talk.records(Exporter.usual(2).skewed(700)));
        }
        List<Flow> all = new ArrayList<>(first);
        all.addAll(second);
        track(all);

        assertThat(exporter(1).connections()).isEqualTo(100);
        assertThat(exporter(1).replies()).isEqualTo(100);
        assertThat(exporter(1).pieces()).isEqualTo(first.size() - 200L);
        assertThat(exporter(1).splitRatio()).isEqualTo(first.size() / 200.0);
        assertThat(exporter(1).copies()).isZero();
        assertThat(exporter(1).oneWay()).isZero();
        assertThat(exporter(1).guessed()).isZero();
        assertThat(exporter(2).copies()).isEqualTo(second.size());
        assertThat(exporter(2).connections()).isZero();
        assertThat(exporter(2).splitRatio()).isEqualTo(1);
    }

    @Test
    void anExporterOfOneDirectionIsSeen() {
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Talk talk = Talk.session(internal(i), 50_000 + i, external(i), 443, T + i * 3_000L, 2_000, 300);
            records.addAll(talk.records(i < 70 ? Exporter.usual(1).oneWay() : Exporter.usual(1)));
        }
        for (int i = 0; i < 30; i++) {
            Talk talk = Talk.session(internal(i), 51_000 + i, external(i), 443, T + i * 3_000L, 2_000, 300);
            talk.records(Exporter.usual(1)).stream().filter(flow -> flow.srcPort == 443).forEach(records::add);
        }
        track(records);
        assertThat(exporter(1).connections()).isEqualTo(130);
        assertThat(exporter(1).oneWay()).isEqualTo(100);
        assertThat(exporter(1).replyOnly()).isEqualTo(30);
        assertThat(exporter(1).replies()).isEqualTo(30);
        assertThat(exporter(1).records()).isEqualTo(records.size());
    }

    @Test
    void whoBeganIsGuessedWhereNeitherFlagsNorPortsTell() {
        List<Flow> records = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            records.addAll(new Talk(internal(i), 2_000 + i, external(i), 3_000 + i, 17)
                    .packet(T + i, true, 100, 0)
                    .records(Exporter.usual(1)));
        }
        track(records);
        assertThat(exporter(1).guessed()).isEqualTo(40);
        assertThat(exporter(1).evicted()).isZero();
    }
}
