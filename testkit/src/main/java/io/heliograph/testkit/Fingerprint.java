package io.heliograph.testkit;

import io.heliograph.AttributeValue;
import io.heliograph.Event;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of all that an event says, so that the recorder need not trust {@link Event#equals}. Every part goes in
 * with its name and its length; absent and empty differ.
 */
final class Fingerprint {

    private final MessageDigest digest;

    private Fingerprint() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    static String of(Event event) {
        var print = new Fingerprint();
        print.add("topic", event.topic());
        print.add("source", event.source());
        event.contentType().ifPresent(text -> print.add("content type", text));
        event.subject().ifPresent(text -> print.add("subject", text));
        event.id().ifPresent(text -> print.add("id", text));
        event.time().ifPresent(time -> print.add("time", time.toString()));
        event.ttl().ifPresent(ttl -> print.add("ttl", ttl.toString()));
        event.attributes().forEach((name, value) -> print.add("attribute " + name, typed(value)));
        ByteBuffer data = event.data();
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        print.add("data", bytes);
        return HexFormat.of().formatHex(print.digest.digest());
    }

    private static String typed(AttributeValue value) {
        return switch (value) {
            case AttributeValue.Bool bool -> "bool " + bool.value();
            case AttributeValue.Int number -> "int " + number.value();
            case AttributeValue.Text text -> "text " + text.value();
            case AttributeValue.Binary binary -> "binary " + binary.hex();
            case AttributeValue.Link link -> "link " + link.value();
            case AttributeValue.LinkReference link -> "reference " + link.value();
            case AttributeValue.Timestamp timestamp -> "timestamp " + timestamp.value();
        };
    }

    private void add(String name, String text) {
        add(name, text.getBytes(StandardCharsets.UTF_8));
    }

    private void add(String name, byte[] bytes) {
        byte[] header = (name + ":" + bytes.length + ":").getBytes(StandardCharsets.UTF_8);
        digest.update(header);
        digest.update(bytes);
    }
}
