package io.heliograph.bench;

import java.util.Locale;

/**
 * What the harness of the suite {@code webhooks} asks of a child.
 *
 * @param measure    what it is, to the suite
 * @param what       what is measured
 * @param eventBytes of each request's body
 * @param windows    how many windows
 * @param rate       requests per second; 0 for as fast as they go, or as is measured
 */
record WebhookTask(Measure measure, What what, int eventBytes, int windows, double rate) implements Task {

    private static final int FIELDS = 5;

    /** What is measured. */
    enum What {
        /** Requests per second that are answered, as fast as they go. */
        REQUESTS,
        /** The same out of an outbox: an event counts when its outcome is on disk. */
        DURABLE,
        /** The same in the order of keys. */
        ORDERED,
        /** What that is compared with: the same events to the same receiver, in no order. */
        UNORDERED,
        /** From the moment an event should be published to its arrival, at 10,000 endpoints. */
        CALM,
        /** The same while 30 % of them are dead. */
        ISOLATED,
        /** From the opening of a full outbox to its first delivery. */
        RESTART
    }

    static WebhookTask rate(What what, int eventBytes) {
        return new WebhookTask(Measure.RATE, what, eventBytes, 1, 0);
    }

    static WebhookTask latency(What what, int eventBytes) {
        return new WebhookTask(Measure.LATENCY, what, eventBytes, 1, 0);
    }

    @Override
    public int subscribers() {
        return 1;
    }

    @Override
    public WebhookTask windows(int count) {
        return new WebhookTask(measure, what, eventBytes, count, rate);
    }

    @Override
    public WebhookTask paced(Measure other, double perSecond) {
        return new WebhookTask(other, what, eventBytes, windows, perSecond);
    }

    @Override
    public String line() {
        return String.format(Locale.ROOT, "%s %s %d %d %s", measure, what, eventBytes, windows, rate);
    }

    /** @throws IllegalArgumentException if {@code line} is no task */
    static WebhookTask parse(String line) {
        String[] parts = line.split(" ");
        if (parts.length != FIELDS) {
            throw new IllegalArgumentException("a task has " + FIELDS + " fields; found " + line);
        }
        return new WebhookTask(Measure.valueOf(parts[0]), What.valueOf(parts[1]), Integer.parseInt(parts[2]), Integer.parseInt(parts[3]),
                Double.parseDouble(parts[4]));
    }
}
