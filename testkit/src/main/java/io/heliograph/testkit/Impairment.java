package io.heliograph.testkit;

/**
 * What an {@link ImpairedLink} does to the datagrams that go one way: each by itself, and several in a row.
 *
 * @param faults      what strikes each datagram by itself
 * @param burst       probability, from 0 to 1, that a datagram is the first of a burst: all of it is lost
 * @param burstLength how many datagrams a burst takes
 */
public record Impairment(Faults faults, double burst, int burstLength) {

    /** Every datagram passes at once, whole, and once. */
    public static final Impairment NONE = of(Faults.NONE);

    public Impairment {
        if (!(burst >= 0 && burst <= 1)) {
            throw new IllegalArgumentException("probability of a burst " + burst + ": allowed is 0 to 1");
        }
        if (burstLength < 1) {
            throw new IllegalArgumentException("burst length " + burstLength + ": allowed is 1 or more");
        }
    }

    /** {@code faults}, without bursts. */
    public static Impairment of(Faults faults) {
        return new Impairment(faults, 0, 1);
    }

    /** The same, with bursts of loss: {@code length} datagrams in a row, beginning at any with {@code probability}. */
    public Impairment withBursts(double probability, int length) {
        return new Impairment(faults, probability, length);
    }
}
