package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.LossReason;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DirectPublisherTest {

    private static final String OKAY = TestReceiver.answer(204, "", "");

    /** A receiver that answers each request once it is let. */
    private static TestReceiver held(Semaphore mayAnswer) {
        return TestReceiver.start(connection -> {
            while (connection.read().isPresent()) {
                mayAnswer.acquireUninterruptibly();
                connection.write(OKAY);
            }
        });
    }

    private static DirectPublisher open(TestReceiver receiver, FlowPolicy policy, Environment environment) {
        DirectConfig config = DirectConfig.of(TargetUrl.parse(receiver.url()));
        return DirectPublisher.open(config.withLimits(config.limits().withConcurrency(1)), policy, environment);
    }

    private static List<String> bodies(TestReceiver receiver) {
        return receiver.requests().stream().map(request -> new String(request.body(), StandardCharsets.UTF_8)).toList();
    }

    private static List<String> texts(TestReceiver receiver) {
        return bodies(receiver).stream().map(body -> body.replaceFirst(".*\"data\":\"(\\d+)\".*", "$1")).toList();
    }

    /** Closed before its time. */
    private static void end(Publisher publisher) {
        publisher.close();
    }

    private static void assertLaw(DirectPublisher publisher) {
        assertThat(publisher.sums().difference()).as("%s", publisher.sums()).isZero();
        assertThat(publisher.receiverSums().difference()).as("%s", publisher.receiverSums()).isZero();
    }

    /** The first is with the receiver, and all others wait. */
    private static void publishBehindOne(DirectPublisher publisher, TestReceiver receiver, int count, PublishResult ofLast) {
        assertThat(publisher.publish("t", "0")).isEqualTo(PublishResult.ACCEPTED);
        Soon.until(() -> receiver.requests().size() == 1);
        for (int i = 1; i < count; i++) {
            PublishResult result = publisher.publish("t", Integer.toString(i));
            assertThat(result).isEqualTo(i == count - 1 ? ofLast : PublishResult.ACCEPTED);
        }
    }

    @Test
    void sendsSignedEventsToAnAddress() throws Exception {
        try (TestReceiver receiver = TestReceiver.answering(OKAY);
                Publisher publisher = Heliograph.publisher(receiver.url() + "?token&shop=a%26b+c&webhook-secret=" + OutboxFixture.SECRET)) {
            for (int i = 0; i < 100; i++) {
                assertThat(publisher.publish(Event.builder("orders.created").id("o-" + i).build())).isEqualTo(PublishResult.ACCEPTED);
            }
            end(publisher);
            assertThat(publisher.publish("t", "late")).isEqualTo(PublishResult.CLOSED);
            assertThat(receiver.requests()).hasSize(100);
            var verifier = WebhookVerifier.of(VerifyingKey.parse(OutboxFixture.SECRET));
            for (TestReceiver.Request request : receiver.requests()) {
                assertThat(request.line()).isEqualTo("POST /hook?token&shop=a%26b+c HTTP/1.1");
                assertThat(verifier.verify(request.headers(), request.body())).isInstanceOf(Verification.Verified.class);
            }
            Set<String> ids = receiver.requests().stream().map(request -> request.header("webhook-id").orElseThrow())
                    .collect(Collectors.toSet());
            assertThat(ids).hasSize(100);
            assertThat(((DirectPublisher) publisher).receiverSums().delivered()).isEqualTo(100);
            assertLaw((DirectPublisher) publisher);
        }
    }

    @Test
    void saysWhichSettingsThereAre() {
        assertThatThrownBy(() -> Heliograph.publisher("http://127.0.0.1:9/?webhook-colour=red")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook-concurrency");
        assertThatThrownBy(() -> Heliograph.publisher("http://127.0.0.1:9/?webhook-ordered=key")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("needs an outbox");
        assertThatThrownBy(() -> Heliograph.publisher("http://127.0.0.1:9/?webhook-secret=whsec_MfKQ9r8G")).isInstanceOf(
                ConfigException.class).hasMessageNotContaining("MfKQ9r8G");
        assertThatThrownBy(() -> Heliograph.publisher("http://127.0.0.1:9/", FlowPolicy.parse("buffer:10,spill=1MiB")))
                .isInstanceOf(ConfigException.class).hasMessageContaining("outbox");
        assertThatThrownBy(() -> Heliograph.subscriber("http://127.0.0.1:9/")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("webhook listen");
        assertThatThrownBy(() -> Heliograph.subscriber("http://127.0.0.1:9/?token=MfKQ9r8G")).isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("MfKQ9r8G");
        assertThatThrownBy(() -> Heliograph.requester("http://127.0.0.1:9/?token=MfKQ9r8G")).isInstanceOf(ConfigException.class)
                .hasMessageNotContaining("MfKQ9r8G");
    }

    @Test
    void givesTheOldestUpUnderDropOldest() throws Exception {
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = held(mayAnswer);
                DirectPublisher publisher = open(receiver, FlowPolicy.dropOldest(Limit.events(3)), Environment.system())) {
            publishBehindOne(publisher, receiver, 10, PublishResult.ACCEPTED);
            mayAnswer.release(100);
            end(publisher);
            assertThat(texts(receiver)).containsExactly("0", "7", "8", "9");
            assertThat(publisher.receiverSums().lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 6L));
            assertLaw(publisher);
        }
    }

    @Test
    void turnsTheNewestAwayUnderDropNewest() throws Exception {
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = held(mayAnswer);
                DirectPublisher publisher = open(receiver, FlowPolicy.dropNewest(Limit.events(3)), Environment.system())) {
            publishBehindOne(publisher, receiver, 5, PublishResult.DROPPED);
            mayAnswer.release(100);
            end(publisher);
            assertThat(texts(receiver)).containsExactly("0", "1", "2", "3");
            assertThat(publisher.sums().dropped()).isEqualTo(1);
            assertLaw(publisher);
        }
    }

    @Test
    void givesTheOneOfTheSameKeyUpUnderDropSameKey() throws Exception {
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = held(mayAnswer);
                DirectPublisher publisher = open(receiver, FlowPolicy.dropSameKey(Limit.events(2)), Environment.system())) {
            publishBehindOne(publisher, receiver, 1, PublishResult.ACCEPTED);
            for (String key : List.of("a", "b", "b")) {
                publisher.publish(Event.builder("t").subject(key).build());
            }
            mayAnswer.release(100);
            end(publisher);
            assertThat(publisher.receiverSums().lost()).isEqualTo(Map.of(LossReason.CONFLATED, 1L));
            assertThat(publisher.receiverSums().delivered()).isEqualTo(3);
            assertLaw(publisher);
        }
    }

    @Test
    void keepsWhatItCanUnderBufferAndThenDoesAsThatSays() throws Exception {
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = held(mayAnswer);
                DirectPublisher publisher = open(receiver, FlowPolicy.buffer(new Limit(100, 5_000)), Environment.system())) {
            publishBehindOne(publisher, receiver, 1, PublishResult.ACCEPTED);
            assertThat(publisher.publish(Event.of("t", new byte[6_000]))).isEqualTo(PublishResult.TOO_LARGE);
            for (int i = 0; i < 20; i++) {
                assertThat(publisher.publish(Event.of("t", new byte[990]))).isEqualTo(PublishResult.ACCEPTED);
            }
            mayAnswer.release(100);
            end(publisher);
            SubscriberSums sums = publisher.receiverSums();
            assertThat(sums.delivered()).isBetween(5L, 6L);
            assertThat(sums.lost()).isEqualTo(Map.of(LossReason.OVERFLOW, 21 - sums.delivered()));
            assertLaw(publisher);
        }
    }

    @Test
    void makesItsPublisherWaitUnderBackPressureAsLongAsItSays() throws Exception {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new SplittableRandom(1), NoticeListener.NONE);
        var mayAnswer = new Semaphore(0);
        try (TestReceiver receiver = held(mayAnswer);
                DirectPublisher publisher = open(receiver, FlowPolicy.backPressure(Limit.events(1), Duration.ofSeconds(1)), environment)) {
            publishBehindOne(publisher, receiver, 2, PublishResult.ACCEPTED);
            CompletableFuture<PublishResult> waiting = CompletableFuture.supplyAsync(() -> publisher.publish("t", "2"));
            assertThat(waiting).isNotDone();
            mayAnswer.release();
            assertThat(waiting.join()).isEqualTo(PublishResult.ACCEPTED);
            Soon.until(() -> receiver.requests().size() == 2);

            CompletableFuture<PublishResult> refused = CompletableFuture.supplyAsync(() -> publisher.publish("t", "3"));
            Soon.until(() -> {
                clock.advance(Duration.ofMillis(300));
                return refused.isDone();
            });
            assertThat(refused.join()).isEqualTo(PublishResult.BACK_PRESSURED);
            mayAnswer.release(100);
            Soon.until(() -> publisher.receiverSums().inFlight() == 0);
            assertThat(texts(receiver)).containsExactly("0", "1", "2");
            assertLaw(publisher);
        }
    }

    @Test
    void triesAgainByTheScheduleAndLeavesAReceiverThatIsGone() throws Exception {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new SplittableRandom(1), NoticeListener.NONE);
        var answers = new ConcurrentLinkedQueue<>(List.of(500, 503, 204, 410));
        try (TestReceiver receiver = TestReceiver.start(connection -> {
                    while (connection.read().isPresent()) {
                        connection.write(TestReceiver.answer(answers.remove(), "", ""));
                    }
                });
                DirectPublisher publisher = open(receiver, FlowPolicy.buffer(Limit.events(10)), environment)) {
            publisher.publish("t", "1");
            Soon.until(() -> publisher.receiverSums().failures() == 1);
            clock.advance(Duration.ofSeconds(7));
            Soon.until(() -> publisher.receiverSums().failures() == 2);
            clock.advance(Duration.ofMinutes(7));
            Soon.until(() -> publisher.receiverSums().delivered() == 1);
            assertThat(receiver.requests().stream().map(request -> request.header("webhook-id")).distinct()).hasSize(1);

            publisher.publish("t", "2");
            Soon.until(() -> publisher.subscribers() == 0);
            assertThat(publisher.publish("t", "3")).isEqualTo(PublishResult.ACCEPTED);
            assertThat(publisher.sums().unheard()).isEqualTo(1);
            assertThat(publisher.receiverSums().lost()).isEqualTo(Map.of(LossReason.LEFT, 1L));
            assertLaw(publisher);
        }
    }

    @Test
    void givesUpWhatIsLeftWhenItIsClosed() throws Exception {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new SplittableRandom(1), NoticeListener.NONE);
        try (TestReceiver silent = TestReceiver.start(connection -> {
                    connection.read();
                    connection.awaitEnd();
                });
                DirectPublisher publisher = open(silent, FlowPolicy.buffer(Limit.events(10)), environment)) {
            IntStream.range(0, 5).forEach(i -> publisher.publish("t", Integer.toString(i)));
            Soon.until(() -> silent.requests().size() == 1);
            CompletableFuture<Void> closing = CompletableFuture.runAsync(publisher::close);
            Soon.until(() -> {
                clock.advance(Duration.ofMillis(500));
                return closing.isDone();
            });
            Soon.until(() -> publisher.receiverSums().inFlight() == 0);
            assertThat(publisher.receiverSums().lost()).isEqualTo(Map.of(LossReason.CLOSED, 5L));
            assertLaw(publisher);
        }
    }

    @Test
    void expiresWhatWaitsTooLongForItsNextAttempt() throws Exception {
        var clock = new ManualClock();
        var environment = new Environment(clock, clock, new SplittableRandom(1), NoticeListener.NONE);
        try (TestReceiver receiver = TestReceiver.answering(TestReceiver.answer(500, "", ""));
                DirectPublisher publisher = open(receiver, FlowPolicy.buffer(Limit.events(10)), environment)) {
            publisher.publish(Event.builder("t").ttl(Duration.ofSeconds(3)).build());
            Soon.until(() -> publisher.receiverSums().failures() == 1);
            clock.advance(Duration.ofSeconds(10));
            Soon.until(() -> publisher.receiverSums().inFlight() == 0);
            assertThat(publisher.receiverSums().lost()).isEqualTo(Map.of(LossReason.EXPIRED, 1L));
            assertThat(receiver.requests()).hasSize(1);
            assertLaw(publisher);
            assertThat(publisher.policy()).isEqualTo(FlowPolicy.buffer(Limit.events(10)));
            assertThat(Optional.of(publisher).map(Publisher::subscribers)).contains(1);
        }
    }
}
