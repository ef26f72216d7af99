package io.heliograph.webhook;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The vectors that Standard Webhooks and its libraries publish. */
final class Vectors {

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    static final String KEY_PAIR = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
    static final String PUBLIC_KEY = "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=";

    static final MessageId ID = new MessageId("msg_p5jXN8AQM9LWM0D4loKWxJek");
    static final long SECONDS = 1_614_265_330L;
    static final Instant AT = Instant.ofEpochSecond(SECONDS);
    static final byte[] BODY = "{\"test\": 2432232314}".getBytes(StandardCharsets.UTF_8);

    static final String V1 = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    static final String V1A = "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg==";

    private Vectors() {
    }

    /** The fields of a request, as a server hands them out. */
    static Map<String, List<String>> headers(String id, String seconds, String signatures) {
        var headers = new TreeMap<String, List<String>>();
        headers.put("Webhook-Id", List.of(id));
        headers.put("Webhook-Timestamp", List.of(seconds));
        headers.put("Webhook-Signature", List.of(signatures));
        return headers;
    }

    static Map<String, List<String>> headers(List<HttpHeader> fields) {
        var headers = new TreeMap<String, List<String>>();
        fields.forEach(field -> headers.put(field.name(), List.of(field.value())));
        return headers;
    }
}
