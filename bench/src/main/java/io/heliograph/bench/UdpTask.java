package io.heliograph.bench;

import java.util.Locale;

/**
 * What the harness of the suite {@code udp} asks of a child: one measurement, as one line of text.
 *
 * @param measure       what is measured
 * @param wire          what the product's sockets do; a peer heeds {@link Wire#LOSSY} alone
 * @param eventBytes    of each event
 * @param datagramBytes the largest datagram, a UDP header not counted
 * @param subscribers   how many
 * @param mode          the peer's threading mode; {@link #NO_MODE} where there is none
 * @param windows       how many windows of one second
 * @param rate          events per second, for the measurements that pace
 */
record UdpTask(Measure measure, Wire wire, int eventBytes, int datagramBytes, int subscribers, String mode, int windows,
        double rate) implements Task {

    static final String NO_MODE = "-";

    private static final int FIELDS = 8;

    /** What the sockets do. */
    enum Wire {
        /** Native sockets that carry trains of datagrams. */
        TRAINS,
        /** Native sockets, but every datagram is sent by itself. */
        SINGLE,
        /** The JDK's sockets. */
        PORTABLE,
        /** As {@link #TRAINS}, and one datagram in a hundred is lost on its way to a subscriber. */
        LOSSY
    }

    /** A task at full speed over {@link Wire#TRAINS}, from one publisher to one subscriber. */
    static UdpTask rate(int eventBytes, int datagramBytes) {
        return new UdpTask(Measure.RATE, Wire.TRAINS, eventBytes, datagramBytes, 1, NO_MODE, 1, 0);
    }

    /** The same over other sockets. */
    UdpTask over(Wire other) {
        return new UdpTask(measure, other, eventBytes, datagramBytes, subscribers, mode, windows, rate);
    }

    /** The same with other datagrams. */
    UdpTask inDatagramsOf(int bytes) {
        return new UdpTask(measure, wire, eventBytes, bytes, subscribers, mode, windows, rate);
    }

    /** The same to more subscribers. */
    UdpTask to(int count) {
        return new UdpTask(measure, wire, eventBytes, datagramBytes, count, mode, windows, rate);
    }

    /** The same in a threading mode of the peer's. */
    UdpTask in(String other) {
        return new UdpTask(measure, wire, eventBytes, datagramBytes, subscribers, other, windows, rate);
    }

    @Override
    public UdpTask windows(int count) {
        return new UdpTask(measure, wire, eventBytes, datagramBytes, subscribers, mode, count, rate);
    }

    @Override
    public UdpTask paced(Measure other, double perSecond) {
        return new UdpTask(other, wire, eventBytes, datagramBytes, subscribers, mode, windows, perSecond);
    }

    @Override
    public String line() {
        return String.format(Locale.ROOT, "%s %s %d %d %d %s %d %s", measure, wire, eventBytes, datagramBytes, subscribers,
                mode, windows, rate);
    }

    /** @throws IllegalArgumentException if {@code line} is no task */
    static UdpTask parse(String line) {
        String[] parts = line.split(" ");
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("a task has " + FIELDS + " fields; found " + line);
        }
        return new UdpTask(Measure.valueOf(parts[0]), Wire.valueOf(parts[1]), Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]), Integer.parseInt(parts[4]), parts[5], Integer.parseInt(parts[6]),
                Double.parseDouble(parts[7]));
    }
}
