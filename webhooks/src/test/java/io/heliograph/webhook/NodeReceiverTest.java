package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Event;
import io.heliograph.testkit.ChildProcess;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What is sent, read by libraries of others: npm's {@code standardwebhooks}, {@code svix} and {@code cloudevents}, which
 * {@code NODE_PATH} says where to find. Left out, as not run, where they are not installed.
 */
class NodeReceiverTest {

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String CHECK = "require('standardwebhooks'), require('svix'), require('cloudevents')";
    private static final Event EVENT = Event.builder("orders.created").id("o-1").source("/shop").subject("order 1")
            .data("{\"n\":1,\"ü\":\"€ 😀\"}".getBytes(StandardCharsets.UTF_8), "application/json").build();

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final WebhookSecret SECRET = WebhookSecret.generate(RANDOM);

    private static ChildProcess node;
    private static String url;

    private final WebhookClient client = WebhookClientFixture.client();

    @BeforeAll
    static void start() throws InterruptedException {
        requireLibraries();
        // Maven runs tests in the module's folder.
        node = ChildProcess.start(List.of("node", Path.of("src", "test", "node", "receive.js").toString(), SECRET.reveal()));
        url = "http://127.0.0.1:" + node.awaitLine(line -> line.startsWith("port "), SOON).substring("port ".length()) + "/";
    }

    private static void requireLibraries() throws InterruptedException {
        try (var check = ChildProcess.start(List.of("node", "-e", CHECK))) {
            Assumptions.assumeTrue(check.awaitEnd(SOON) == 0,
                    "npm install standardwebhooks svix cloudevents, and NODE_PATH=.../node_modules");
        } catch (UncheckedIOException e) {
            Assumptions.abort("node is missing");
        }
    }

    @AfterAll
    static void stop() {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @EnumSource(ContentMode.class)
    void isVerifiedAndRead(ContentMode mode) {
        String answer = deliver(mode, List.of(SECRET));

        assertThat(answer).contains("\"standardwebhooks\":\"verified\"", "\"svix\":\"verified\"", "\"id\":\"o-1\"", "\"type\":\"orders.created\"",
                "\"source\":\"/shop\"", "\"data\":{\"n\":1,\"ü\":\"€ 😀\"}");
    }

    @Test
    void isVerifiedWhileKeysOverlapAndBesideAKeyPair() {
        String answer = deliver(ContentMode.STRUCTURED, List.of(WebhookKeyPair.generate(RANDOM), WebhookSecret.generate(RANDOM), SECRET));

        assertThat(answer).contains("\"standardwebhooks\":\"verified\"", "\"svix\":\"verified\"");
    }

    @Test
    void isRefusedWithoutTheKey() {
        String answer = deliver(ContentMode.STRUCTURED, List.of(WebhookSecret.generate(RANDOM)));

        assertThat(answer).doesNotContain("verified").contains("standardwebhooks", "svix");
    }

    private String deliver(ContentMode mode, List<SigningKey> keys) {
        HttpContent content = CloudEventHttp.write(EVENT, "unused", mode);
        var signature = Signer.of(keys).sign(MessageId.generate(RANDOM), Instant.now(), content.body());
        AttemptResult result = client.deliver(WebhookRequest.of(TargetUrl.parse(url), content, signature, CustomHeaders.NONE, SOON));
        assertThat(result).isInstanceOf(AttemptResult.Delivered.class);
        return ((AttemptResult.Delivered) result).answer().snippet();
    }
}
