package io.heliograph.flow;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What happens when a subscriber cannot keep up. {@link Admission} alone interprets it.
 *
 * <p>Policies order by strength, {@code BackPressure > Buffer > Drop}: a publisher's policy is its subscribers' ceiling,
 * and a subscription may ask for a weaker one.
 *
 * <pre>
 * drop-oldest:10000                                        drop-newest:10000,1MiB      drop-same-key:10000
 * buffer:10000,64MiB,spill=1GiB,then=drop-oldest           backpressure:10000,wait=100ms
 * </pre>
 */
public sealed interface FlowPolicy {

    /** What a backlog may hold in memory. */
    Limit limit();

    /** This policy as {@link #parse} reads it. */
    String text();

    /** Which event a full backlog gives up. */
    enum Victim {
        /** The one that has waited longest. */
        OLDEST,
        /** The one that arrives. */
        NEWEST,
        /** The oldest one with the topic and key of the one that arrives; the oldest of all if none has them. */
        SAME_KEY;

        String label() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** Gives events up, so that nobody waits. */
    record Drop(Limit limit, Victim victim) implements FlowPolicy {
        @Override
        public String text() {
            return "drop-" + victim.label() + ":" + limit;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /**
     * Keeps events in memory up to {@code limit}, then on disk up to {@code spill}, then does as {@code then} says, by
     * its kind; the limit of {@code then} is not used.
     */
    record Buffer(Limit limit, Optional<Limit> spill, FlowPolicy then) implements FlowPolicy {
        public Buffer {
            if (then instanceof Buffer) {
                throw new ConfigException("then", then.text(), "a drop or backpressure policy");
            }
        }

        @Override
        public String text() {
            String onDisk = spill.map(s -> ",spill=" + Notation.write(s.bytes())).orElse("");
            String last = switch (then) {
                case Drop drop -> ",then=drop-" + drop.victim().label();
                case BackPressure pressure -> ",then=backpressure,wait=" + Notation.write(pressure.maxWait());
                case Buffer buffer -> throw new AssertionError(buffer);
            };
            return "buffer:" + limit + onDisk + last;
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** Makes the publisher wait for the slowest live subscriber, at most {@code maxWait}; then refuses. */
    record BackPressure(Limit limit, Duration maxWait) implements FlowPolicy {
        /** One second. */
        public static final Duration DEFAULT_MAX_WAIT = Duration.ofSeconds(1);

        public BackPressure {
            if (maxWait.isNegative() || maxWait.compareTo(Duration.ofDays(1)) > 0) {
                throw new ConfigException("wait", maxWait, "0 to 1 day");
            }
        }

        @Override
        public Duration maxWait() {
            return maxWait;
        }

        @Override
        public String text() {
            return "backpressure:" + limit + ",wait=" + Notation.write(maxWait);
        }

        @Override
        public String toString() {
            return text();
        }
    }

    /** Gives up the oldest. */
    static FlowPolicy dropOldest(Limit limit) {
        return new Drop(limit, Victim.OLDEST);
    }

    /** Gives up the newest. */
    static FlowPolicy dropNewest(Limit limit) {
        return new Drop(limit, Victim.NEWEST);
    }

    /** Gives up the oldest of the same key. */
    static FlowPolicy dropSameKey(Limit limit) {
        return new Drop(limit, Victim.SAME_KEY);
    }

    /** Keeps events in memory, then gives up the oldest. */
    static FlowPolicy buffer(Limit limit) {
        return new Buffer(limit, Optional.empty(), dropOldest(limit));
    }

    /** Makes the publisher wait. */
    static FlowPolicy backPressure(Limit limit, Duration maxWait) {
        return new BackPressure(limit, maxWait);
    }

    /** How long a publisher may wait under this policy; nothing if it never waits. */
    default Duration maxWait() {
        return switch (this) {
            case Drop drop -> Duration.ZERO;
            case Buffer buffer -> buffer.then().maxWait();
            case BackPressure pressure -> pressure.maxWait();
        };
    }

    /** Whether a full backlog makes its publisher wait, or refuses, rather than give events up. */
    default boolean waits() {
        return switch (this) {
            case Drop drop -> false;
            case Buffer buffer -> buffer.then().waits();
            case BackPressure pressure -> true;
        };
    }

    /** Whether {@code asked} is no stronger than {@code ceiling}, and makes a publisher wait no longer. */
    static boolean isAllowedUnder(FlowPolicy ceiling, FlowPolicy asked) {
        return strength(asked) <= strength(ceiling) && asked.maxWait().compareTo(ceiling.maxWait()) <= 0;
    }

    private static int strength(FlowPolicy policy) {
        return switch (policy) {
            case Drop drop -> 0;
            case Buffer buffer -> 1;
            case BackPressure pressure -> 2;
        };
    }

    /**
     * Reads a policy as written above; what is left out takes its default.
     *
     * @throws ConfigException if {@code text} is no policy
     */
    static FlowPolicy parse(String text) {
        return PolicyText.parse(text);
    }
}
