package io.heliograph.bench;

import java.time.Duration;

/** One measurement, as the harness asks a child for it: a line of text. */
interface Task {

    /** What is measured. */
    enum Measure {
        /** Events per second that each subscriber handles, published as fast as they are taken; bytes allocated beside. */
        RATE,
        /** From the moment an event should be published to its handler, at a given rate. */
        LATENCY,
        /** There and back. */
        ROUND_TRIP,
        /** What one publisher and one subscriber cost while nothing happens. */
        IDLE
    }

    Measure measure();

    /** Of each event. */
    int eventBytes();

    /** How many must handle each event. */
    int subscribers();

    /** How long it runs before the first window, for a JVM to compile what it runs. */
    default Duration warmUp() {
        return Duration.ofSeconds(5);
    }

    /** How many windows of one second. */
    int windows();

    /** Events per second, for the measurements that pace. */
    double rate();

    /** The same for so many windows. */
    Task windows(int count);

    /** Another measurement of the same, at {@code perSecond} events per second. */
    Task paced(Measure other, double perSecond);

    /** What the child reads. */
    String line();

    /** Nanoseconds from one event to the next, for the measurements that pace. */
    default double intervalNs() {
        return 1e9 / rate();
    }
}
