package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.cloudevents.CloudEventJson;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What the clients send: the same request from each, but for its id, time and signature. */
final class HttpMessages {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final String CONTENT_TYPE = "application/cloudevents+json; charset=utf-8";
    private static final String SAMPLE_ID = "msg_0000000000000000000000";

    private HttpMessages() {
    }

    /** An event whose request body has {@code bytes}. */
    static Event event(int bytes) {
        int overhead = json(data(0)).length() - 1;
        return data(bytes - overhead - 1);
    }

    private static Event data(int bytes) {
        return Event.builder("orders.created").data("x".repeat(bytes + 1).getBytes(StandardCharsets.US_ASCII), "text/plain").build();
    }

    private static String json(Event event) {
        return CloudEventJson.write(event, SAMPLE_ID);
    }

    /** A body of so many bytes. */
    static byte[] body(int bytes) {
        return json(event(bytes)).getBytes(StandardCharsets.UTF_8);
    }

    /** A way to sign, for one thread. */
    static Mac mac() {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring("whsec_".length())), "HmacSHA256"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As Standard Webhooks has it. */
    static String sign(Mac mac, String id, String seconds, byte[] body) {
        mac.update((id + "." + seconds + ".").getBytes(StandardCharsets.US_ASCII));
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body));
    }

    /** Different for each {@code number} of each {@code thread}. */
    static String id(int thread, long number) {
        String text = "0000000000000000000000" + (thread * 1_000_000_000L + number);
        return "msg_" + text.substring(text.length() - 22);
    }
}
