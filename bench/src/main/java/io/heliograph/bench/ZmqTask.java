package io.heliograph.bench;

import java.time.Duration;
import java.util.Locale;

/**
 * What the harness of the suite {@code zmq} asks of a child.
 *
 * @param measure     what is measured; {@link Task.Measure#IDLE} is not
 * @param packing     how events travel; a peer's always travel alone
 * @param eventBytes  of each event
 * @param subscribers how many must handle each event
 * @param stalled     how many more hang in their handlers, for whom events may be dropped; a peer has none
 * @param windows     how many windows of one second
 * @param rate        events per second, for the measurements that pace
 */
record ZmqTask(Measure measure, Packing packing, int eventBytes, int subscribers, int stalled, int windows, double rate)
        implements Task {

    private static final int FIELDS = 7;
    /** After 5 s the compilers still take a quarter of the two processors. */
    private static final Duration WARM_UP = Duration.ofSeconds(10);

    /** How events travel. */
    enum Packing {
        /** Each in a message of its own. */
        SINGLE,
        /** As many as there are in one. */
        PACKED
    }

    /** A task at full speed, from one publisher to one subscriber. */
    static ZmqTask rate(int eventBytes, Packing packing) {
        return new ZmqTask(Measure.RATE, packing, eventBytes, 1, 0, 1, 0);
    }

    /** One request after the other, each as soon as the one before is answered. */
    static ZmqTask roundTrips(int eventBytes) {
        return new ZmqTask(Measure.ROUND_TRIP, Packing.PACKED, eventBytes, 1, 0, 1, 0);
    }

    @Override
    public Duration warmUp() {
        return WARM_UP;
    }

    /** The same to more subscribers. */
    ZmqTask to(int count) {
        return new ZmqTask(measure, packing, eventBytes, count, stalled, windows, rate);
    }

    /** The same beside subscribers that hang. */
    ZmqTask beside(int hanging) {
        return new ZmqTask(measure, packing, eventBytes, subscribers, hanging, windows, rate);
    }

    @Override
    public ZmqTask windows(int count) {
        return new ZmqTask(measure, packing, eventBytes, subscribers, stalled, count, rate);
    }

    @Override
    public ZmqTask paced(Measure other, double perSecond) {
        return new ZmqTask(other, packing, eventBytes, subscribers, stalled, windows, perSecond);
    }

    @Override
    public String line() {
        return String.format(Locale.ROOT, "%s %s %d %d %d %d %s", measure, packing, eventBytes, subscribers, stalled, windows, rate);
    }

    /** @throws IllegalArgumentException if {@code line} is no task */
    static ZmqTask parse(String line) {
        String[] parts = line.split(" ");
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("a task has " + FIELDS + " fields; found " + line);
        }
        return new ZmqTask(Measure.valueOf(parts[0]), Packing.valueOf(parts[1]), Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]), Integer.parseInt(parts[4]), Integer.parseInt(parts[5]), Double.parseDouble(parts[6]));
    }
}
