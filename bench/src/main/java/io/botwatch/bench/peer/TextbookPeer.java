package io.botwatch.bench.peer;

import io.botwatch.bench.Backend;
import io.botwatch.embedded.EmbeddedCluster;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.functions.AggregateFunction;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.api.java.tuple.Tuple3;
import org.apache.flink.cep.CEP;
import org.apache.flink.cep.EventComparator;
import org.apache.flink.cep.functions.PatternProcessFunction;
import org.apache.flink.cep.pattern.Pattern;
import org.apache.flink.cep.pattern.conditions.IterativeCondition;
import org.apache.flink.cep.pattern.conditions.SimpleCondition;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.WindowedStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.windowing.ProcessWindowFunction;
import org.apache.flink.streaming.api.windowing.assigners.SlidingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.assigners.TumblingEventTimeWindows;
import org.apache.flink.streaming.api.windowing.windows.TimeWindow;
import org.apache.flink.util.Collector;

/**
 * The job as Flink's documentation would have it: sliding windows of a day, a set of sources in each window of five minutes,
 * and a pattern over an inbound and an outbound connection.
 */
record TextbookPeer(Flows flows, Set<Query> asked, int parallelism, Duration limit, Windows windows, Backend backend)
        implements Peer {
    /** What a sliding window holds until it ends. */
    enum Windows {
        /** A count, which grows with each record. */
        AGGREGATE,
        /** The records themselves, as a window function by itself has them. */
        RECORDS
    }

    private static final TypeInformation<Tuple3<String, String, Integer>> TUPLE =
            Types.TUPLE(Types.STRING, Types.STRING, Types.INT);
    private static final TypeInformation<Tuple2<String, Integer>> SERVICE = Types.TUPLE(Types.STRING, Types.INT);

    TextbookPeer(Flows flows, Set<Query> asked, int parallelism, Duration limit) {
        this(flows, asked, parallelism, limit, Windows.AGGREGATE, Backend.HEAP);
    }

    @Override
    public Answer ask() throws Exception {
        Answer answer = new Answer(flows.latestMs(), asked);
        StreamExecutionEnvironment env = EmbeddedCluster.environment(parallelism, null);
        env.configure(backend.configuration(Backend.A_SLOT));
        DataStream<Contact> contacts = Contact.of(env, flows.plan());
        if (asked.contains(Query.BEACON)) {
            beacons(contacts, answer);
        }
        if (asked.contains(Query.VOLUMETRIC)) {
            volumetric(contacts, answer);
        }
        if (asked.contains(Query.RELAY)) {
            relays(contacts, answer);
        }
        LimitedRun.of(env, limit);
        return answer.complete();
    }

    private void beacons(DataStream<Contact> contacts, Answer answer) {
        WindowedStream<Contact, Tuple3<String, String, Integer>, TimeWindow> sliding = contacts.filter(Contact::beacon)
                .keyBy(contact -> Tuple3.of(contact.src(), contact.dst(), contact.dstPort()), TUPLE)
                .window(SlidingEventTimeWindows.of(Duration.ofHours(24), Duration.ofMinutes(5)));
        (windows == Windows.AGGREGATE
                        ? sliding.aggregate(new CountBetween(), new Qualifying())
                        : sliding.process(new CountedAtTheEnd()))
                .sinkTo(new CollectSink<>(window -> answer.window(
                        window.tuple().f0, window.tuple().f1, window.tuple().f2, window.endMs(), window.lastMs())))
                .setParallelism(1);
    }

    private static void volumetric(DataStream<Contact> contacts, Answer answer) {
        contacts.filter(Contact::volumetric)
                .keyBy(contact -> Tuple2.of(contact.dst(), contact.dstPort()), SERVICE)
                .window(TumblingEventTimeWindows.of(Duration.ofMinutes(5)))
                .aggregate(new DistinctSources(), new Crossing())
                .sinkTo(new CollectSink<>(found -> answer.volumetric(found.f0, found.f1, found.f2)))
                .setParallelism(1);
    }

    private static void relays(DataStream<Contact> contacts, Answer answer) {
        Pattern<Contact, Contact> pattern = Pattern.<Contact>begin("in")
                .where(SimpleCondition.of(Contact::relayIn))
                .followedByAny("out")
                .where(new OutElsewhere())
                .within(Duration.ofMillis(300_001)); // exclusive
        CEP.pattern(
                        contacts.filter(contact -> contact.relayIn() || contact.relayOut()).keyBy(Contact::host, Types.STRING),
                        pattern,
                        new InboundFirst())
                .process(new Legs())
                .sinkTo(new CollectSink<>(
                        legs -> answer.relay(legs.f0.src(), legs.f0.dst(), legs.f1.dst(), legs.f1.dstPort())))
                .setParallelism(1);
    }

    /** Connections of a window, and their first and last start, epoch ms. */
    public record Between(long connections, long firstMs, long lastMs) {}

    /** A window that a tuple qualifies in. */
    public record Window(Tuple3<String, String, Integer> tuple, long endMs, long lastMs) {}

    private static final class CountBetween implements AggregateFunction<Contact, Between, Between> {
        @Override
        public Between createAccumulator() {
            return new Between(0, Long.MAX_VALUE, Long.MIN_VALUE);
        }

        @Override
        public Between add(Contact contact, Between sum) {
            return new Between(
                    sum.connections + 1, Math.min(sum.firstMs, contact.startMs()), Math.max(sum.lastMs, contact.startMs()));
        }

        @Override
        public Between getResult(Between sum) {
            return sum;
        }

        @Override
        public Between merge(Between a, Between b) {
            return new Between(
                    a.connections + b.connections, Math.min(a.firstMs, b.firstMs), Math.max(a.lastMs, b.lastMs));
        }
    }

    private static final class CountedAtTheEnd
            extends ProcessWindowFunction<Contact, Window, Tuple3<String, String, Integer>, TimeWindow> {
        @Override
        public void process(
                Tuple3<String, String, Integer> tuple, Context context, Iterable<Contact> contacts, Collector<Window> out) {
            CountBetween count = new CountBetween();
            Between sum = count.createAccumulator();
            for (Contact contact : contacts) {
                sum = count.add(contact, sum);
            }
            Qualifying.emit(tuple, sum, context.window(), out);
        }
    }

    private static final class Qualifying
            extends ProcessWindowFunction<Between, Window, Tuple3<String, String, Integer>, TimeWindow> {
        @Override
        public void process(
                Tuple3<String, String, Integer> tuple, Context context, Iterable<Between> sums, Collector<Window> out) {
            emit(tuple, sums.iterator().next(), context.window(), out);
        }

        static void emit(Tuple3<String, String, Integer> tuple, Between sum, TimeWindow window, Collector<Window> out) {
            long minutes = (sum.lastMs - sum.firstMs) / 60_000;
            double perHour = (double) sum.connections / minutes * 60;
            if (sum.connections >= 12 && minutes >= 30 && perHour >= 4 && perHour <= 120) {
                out.collect(new Window(tuple, window.getEnd(), sum.lastMs));
            }
        }
    }

    private static final class DistinctSources
            implements AggregateFunction<Contact, Tuple2<HashSet<String>, Long>, Tuple2<HashSet<String>, Long>> {
        @Override
        public Tuple2<HashSet<String>, Long> createAccumulator() {
            return Tuple2.of(new HashSet<>(), 0L);
        }

        @Override
        public Tuple2<HashSet<String>, Long> add(Contact contact, Tuple2<HashSet<String>, Long> sum) {
            sum.f0.add(contact.src());
            sum.f1++;
            return sum;
        }

        @Override
        public Tuple2<HashSet<String>, Long> getResult(Tuple2<HashSet<String>, Long> sum) {
            return sum;
        }

        @Override
        public Tuple2<HashSet<String>, Long> merge(Tuple2<HashSet<String>, Long> a, Tuple2<HashSet<String>, Long> b) {
            a.f0.addAll(b.f0);
            a.f1 += b.f1;
            return a;
        }
    }

    private static final class Crossing
            extends ProcessWindowFunction<
                    Tuple2<HashSet<String>, Long>, Tuple3<String, Integer, Long>, Tuple2<String, Integer>, TimeWindow> {
        @Override
        public void process(
                Tuple2<String, Integer> service,
                Context context,
                Iterable<Tuple2<HashSet<String>, Long>> sums,
                Collector<Tuple3<String, Integer, Long>> out) {
            Tuple2<HashSet<String>, Long> sum = sums.iterator().next();
            if (sum.f0.size() > 50 && sum.f1 > 500) {
                out.collect(Tuple3.of(service.f0, service.f1, context.window().getStart()));
            }
        }
    }

    private static final class OutElsewhere extends IterativeCondition<Contact> {
        @Override
        public boolean filter(Contact contact, Context<Contact> context) throws Exception {
            return contact.relayOut()
                    && !contact.dst().equals(context.getEventsForPattern("in").iterator().next().src());
        }
    }

    /** Of two connections of one time the inbound one comes first. */
    private static final class InboundFirst implements EventComparator<Contact> {
        @Override
        public int compare(Contact a, Contact b) {
            return Boolean.compare(a.relayOut(), b.relayOut());
        }
    }

    private static final class Legs extends PatternProcessFunction<Contact, Tuple2<Contact, Contact>> {
        @Override
        public void processMatch(
                Map<String, List<Contact>> match, Context context, Collector<Tuple2<Contact, Contact>> out) {
            out.collect(Tuple2.of(match.get("in").get(0), match.get("out").get(0)));
        }
    }
}
