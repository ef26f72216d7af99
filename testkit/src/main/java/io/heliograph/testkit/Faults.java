package io.heliograph.testkit;

import java.time.Duration;

/**
 * What a {@link SimLink} does to the datagrams on their way to one receiver. Each kind strikes a datagram with a
 * probability of its own, from 0 to 1.
 *
 * @param drop        probability that it never arrives
 * @param duplicate   probability that it arrives twice
 * @param reorder     probability that it is held until later ones have passed
 * @param delay       probability that it comes late
 * @param truncate    probability that its end is missing
 * @param bitFlip     probability that one bit is inverted
 * @param longest     a delayed one comes at most so late; a held one whom too few overtake comes at last after this
 * @param reorderSpan a held one is overtaken by at most so many
 */
public record Faults(double drop, double duplicate, double reorder, double delay, double truncate, double bitFlip,
        Duration longest, int reorderSpan) {

    /** None: every datagram arrives at once, whole, and once. */
    public static final Faults NONE = new Faults(0, 0, 0, 0, 0, 0, Duration.ofMillis(10), 8);

    public Faults {
        requireProbability("drop", drop);
        requireProbability("duplicate", duplicate);
        requireProbability("reorder", reorder);
        requireProbability("delay", delay);
        requireProbability("truncate", truncate);
        requireProbability("bitFlip", bitFlip);
        if (!longest.isPositive()) {
            throw new IllegalArgumentException("longest delay " + longest + ": allowed is more than 0");
        }
        if (reorderSpan < 1) {
            throw new IllegalArgumentException("reorderSpan " + reorderSpan + ": allowed is 1 or more");
        }
    }

    /** The same, with another probability of loss. */
    public Faults withDrop(double probability) {
        return new Faults(probability, duplicate, reorder, delay, truncate, bitFlip, longest, reorderSpan);
    }

    /** The same, with another probability of arriving twice. */
    public Faults withDuplicate(double probability) {
        return new Faults(drop, probability, reorder, delay, truncate, bitFlip, longest, reorderSpan);
    }

    /** The same, with another probability of being overtaken. */
    public Faults withReorder(double probability) {
        return new Faults(drop, duplicate, probability, delay, truncate, bitFlip, longest, reorderSpan);
    }

    /** The same, with another bound on how many overtake. */
    public Faults withReorderSpan(int span) {
        return new Faults(drop, duplicate, reorder, delay, truncate, bitFlip, longest, span);
    }

    /** The same, with another probability of coming late. */
    public Faults withDelay(double probability) {
        return new Faults(drop, duplicate, reorder, probability, truncate, bitFlip, longest, reorderSpan);
    }

    /** The same, with another longest delay. */
    public Faults withLongest(Duration delay) {
        return new Faults(drop, duplicate, reorder, this.delay, truncate, bitFlip, delay, reorderSpan);
    }

    /** The same, with another probability of arriving short. */
    public Faults withTruncate(double probability) {
        return new Faults(drop, duplicate, reorder, delay, probability, bitFlip, longest, reorderSpan);
    }

    /** The same, with another probability of an inverted bit. */
    public Faults withBitFlip(double probability) {
        return new Faults(drop, duplicate, reorder, delay, truncate, probability, longest, reorderSpan);
    }

    private static void requireProbability(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException("probability of " + name + " " + value + ": allowed is 0 to 1");
        }
    }
}
