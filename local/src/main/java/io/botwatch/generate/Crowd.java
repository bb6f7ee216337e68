package io.botwatch.generate;

import io.botwatch.flow.Address;

/** Many external addresses that come again: each is a number under a key, so that a crowd of any size takes no memory. */
final class Crowd {
    private final long key;
    private final int size;

    /** Two crowds of different names or seeds have different members. */
    Crowd(long seed, String name, int size) {
        key = new Dice(seed, "crowd/" + name).bits();
        this.size = size;
    }

    /** Each member as likely as any other. */
    Address anyone(Dice dice) {
        return member(dice.between(0, size - 1));
    }

    /** Some members much more often than others: the density falls with the square root of the rank. */
    Address regular(Dice dice) {
        double u = dice.unit();
        return member((int) (size * u * u));
    }

    private Address member(int number) {
        return Internet.address(Address.mix(key + number));
    }
}
