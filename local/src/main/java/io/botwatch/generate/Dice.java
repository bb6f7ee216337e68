package io.botwatch.generate;

import io.botwatch.flow.Address;
import io.botwatch.flow.TextHash;
import java.util.SplittableRandom;

/**
 * Seeded draws of one actor.
 *
 * <p>The stream depends on the scenario's seed and the actor's name only, so that adding an actor leaves the draws of
 * all others as they were. Logarithms and exponentials are {@link StrictMath}'s: the same seed gives the same bytes on
 * every machine, which {@link Math} does not promise.
 */
final class Dice {
    private final SplittableRandom random;

    Dice(long seed, String actor) {
        random = new SplittableRandom(Address.mix(Address.mix(seed) ^ TextHash.of(actor)));
    }

    long bits() {
        return random.nextLong();
    }

    /** Uniform in [0, 1). */
    double unit() {
        return random.nextDouble();
    }

    /** Uniform, both ends included. */
    int between(int low, int high) {
        return low + random.nextInt(high - low + 1);
    }

    /** Uniform, both ends included. */
    long between(long low, long high) {
        return low + random.nextLong(high - low + 1);
    }

    /** Uniform in [low, high). */
    double between(double low, double high) {
        return low + (high - low) * random.nextDouble();
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    int oneOf(int... choices) {
        return choices[random.nextInt(choices.length)];
    }

    double exponential(double mean) {
        return -mean * StrictMath.log(1 - random.nextDouble());
    }

    /** Marsaglia's polar method; the second value of the pair is not kept, for a stream without hidden state. */
    double gaussian() {
        while (true) {
            double x = 2 * random.nextDouble() - 1;
            double y = 2 * random.nextDouble() - 1;
            double s = x * x + y * y;
            if (s > 0 && s < 1) {
                return x * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
            }
        }
    }

    /** Log-normal with this median, so that 95 % of the draws lie within a factor of exp(2 sigma) of it. */
    double logNormal(double median, double sigma) {
        return median * StrictMath.exp(sigma * gaussian());
    }

    /** An ephemeral port as Linux picks them. */
    int ephemeralPort() {
        return between(32_768, 60_999);
    }
}
