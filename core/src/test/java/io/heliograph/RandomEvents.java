package io.heliograph;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;

/** Events of every kind from a seed: each field there or not, all seven types of attributes, every length of UTF-8. */
public final class RandomEvents {

    private static final String[] TEXTS = {"a", "eurusd", "x y", "\u00e4\u00f6", "\u20ac", "\ud83d\ude00", "\u0416\u4e2d", "\"\\/", "\u00a0"};
    private static final String[] MEDIA_TYPES = {"text/plain", "application/json", "application/octet-stream", "text/html; charset=utf-8",
        "application/vnd.x+json", "TEXT/CSV", "text/plain; charset=latin1", "image/png"};
    private static final String[] JSON = {"{}", "[1,2.50,1e400]", "\"\\u00e4\\n\"", "123456789012345678901234567890", "true",
        "{\"a\": [ 1 , null ],\n \"\u20ac\" : \"\ud83d\ude00\"}", "null", " 1 ", "{\"a\":1,\"a\":2}", "[", "-0.0"};

    private final Random random;

    /** @param random the source of everything that is not fixed */
    public RandomEvents(Random random) {
        this.random = random;
    }

    /** The next event, on {@code topic} in one of three. */
    public Event next(String topic) {
        EventBuilder event = Event.builder(random.nextInt(3) == 0 ? topic : topic());
        putData(event);
        if (random.nextInt(3) == 0) {
            // Nothing but data: a compact frame, if the topic is right.
            return event.build();
        }
        if (random.nextBoolean()) {
            event.subject(text());
        }
        if (random.nextBoolean()) {
            event.id(text());
        }
        if (random.nextInt(3) == 0) {
            event.source(random.nextInt(4) == 0 ? Event.DEFAULT_SOURCE : text());
        }
        if (random.nextBoolean()) {
            event.time(instant());
        }
        if (random.nextInt(3) == 0) {
            event.ttl(Duration.ofNanos(1 + (random.nextLong(Long.MAX_VALUE) >> random.nextInt(63))));
        }
        int attributes = switch (random.nextInt(12)) {
            case 0 -> Event.MAX_ATTRIBUTES;
            case 1, 2, 3, 4 -> 1 + random.nextInt(4);
            default -> 0;
        };
        for (int i = 0; i < attributes; i++) {
            event.attribute(attributes == Event.MAX_ATTRIBUTES ? "n" + i : name(), attribute());
        }
        return event.build();
    }

    private String topic() {
        return random.nextInt(50) == 0 ? "t".repeat(Topic.MAX_LENGTH) : "prices." + random.nextInt(100);
    }

    private void putData(EventBuilder event) {
        byte[] bytes = switch (random.nextInt(4)) {
            case 0 -> JSON[random.nextInt(JSON.length)].getBytes(StandardCharsets.UTF_8);
            case 1 -> text().getBytes(StandardCharsets.UTF_8);
            case 2 -> new byte[0];
            default -> bytes(random.nextInt(40) == 0 ? 20_000 : 60);
        };
        if (random.nextInt(4) == 0) {
            event.data(bytes);
        } else {
            event.data(bytes, MEDIA_TYPES[random.nextInt(random.nextBoolean() ? 2 : MEDIA_TYPES.length)]);
        }
    }

    private byte[] bytes(int bound) {
        byte[] bytes = new byte[random.nextInt(bound)];
        random.nextBytes(bytes);
        return bytes;
    }

    private String text() {
        var text = new StringBuilder();
        int length = random.nextInt(200) == 0 ? 500 : 1 + random.nextInt(8);
        for (int i = 0; i < length; i++) {
            text.append(TEXTS[random.nextInt(TEXTS.length)]);
        }
        return text.toString();
    }

    /** A moment that RFC 3339 can write. */
    private Instant instant() {
        long seconds = -62_135_596_800L + random.nextLong(253_402_300_800L + 62_135_596_800L);
        return Instant.ofEpochSecond(seconds, random.nextInt(4) == 0 ? 0 : random.nextInt(1_000_000_000));
    }

    private String name() {
        return random.nextInt(10) == 0 ? Event.PARTITION_KEY : "x" + random.nextInt(1_000);
    }

    /** A value of any of the seven types. */
    private AttributeValue attribute() {
        return switch (random.nextInt(7)) {
            case 0 -> new AttributeValue.Bool(random.nextBoolean());
            case 1 -> new AttributeValue.Int(random.nextInt());
            case 2 -> new AttributeValue.Text(random.nextInt(8) == 0 ? "" : text());
            case 3 -> AttributeValue.Binary.of(bytes(40));
            case 4 -> new AttributeValue.Link("http://example.org/" + random.nextInt(100) + "?q=%C3%A4");
            case 5 -> new AttributeValue.LinkReference(random.nextInt(4) == 0 ? "" : "../\u00e4/" + random.nextInt(100) + "#f");
            default -> new AttributeValue.Timestamp(instant());
        };
    }
}
