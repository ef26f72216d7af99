package io.heliograph.udp;

import io.heliograph.Event;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;

/**
 * Events by number, the same in every process that has the same arguments. Immutable.
 *
 * @param bytes of data each
 * @param keys  how many different keys they have; 0 for none
 */
record NetEvents(long seed, int bytes, int keys) {

    private static final String[] TOPICS = {"net.prices", "net.orders", "net.alerts.high", "net.x"};

    Event event(long number) {
        var random = new SplittableRandom(seed + 0x9e3779b97f4a7c15L * number);
        byte[] label = (number + ":").getBytes(StandardCharsets.US_ASCII);
        byte[] data = Arrays.copyOf(label, Math.max(bytes, label.length));
        for (int i = label.length; i < data.length; i++) {
            data[i] = (byte) random.nextInt();
        }
        String topic = TOPICS[random.nextInt(TOPICS.length)];
        return keys == 0 ? Event.of(topic, data) : Event.builder(topic).data(data).subject("key " + number % keys).build();
    }

    /** Adds an event's topic and data to a digest of all in order. */
    static void digest(CRC32C digest, Event event) {
        digest.update(event.topic().getBytes(StandardCharsets.US_ASCII));
        digest.update(event.data());
    }
}
