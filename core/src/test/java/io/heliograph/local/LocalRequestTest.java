package io.heliograph.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.RequestException;
import io.heliograph.RequestException.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class LocalRequestTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Event ASK = Event.of("ask", "6*7");

    private static RequestException failure(CompletableFuture<Event> answer) throws Exception {
        try {
            throw new AssertionError("answered: " + answer.get(5, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return (RequestException) e.getCause();
        }
    }

    @Test
    void aRequestGetsItsAnswer() throws Exception {
        try (var _ = Heliograph.responder("local:answers", request -> Event.of("answer", request.text() + "=42"));
                var requester = Heliograph.requester("local:answers")) {
            var answers = new ArrayList<CompletableFuture<Event>>();
            for (int i = 0; i < 100; i++) {
                answers.add(requester.request(Event.of("ask", "q" + i), LONG));
            }
            for (int i = 0; i < 100; i++) {
                assertThat(answers.get(i).get()).isEqualTo(Event.of("answer", "q" + i + "=42"));
            }
        }
    }

    @Test
    void whoeverAsksAndWaitsGetsTheAnswerOrTheReason() throws Exception {
        try (var _ = Heliograph.responder("local:asked", request -> {
            if (request.text().equals("bad")) {
                throw new Exception("no such city");
            }
            return Event.of("answer", request.text() + "=42");
        }); var requester = Heliograph.requester("local:asked")) {
            assertThat(requester.ask(ASK, LONG).text()).isEqualTo("6*7=42");
            assertThatExceptionOfType(RequestException.class).isThrownBy(() -> requester.ask(Event.of("ask", "bad"), LONG))
                    .withMessage("no such city").satisfies(e -> assertThat(e.reason()).isEqualTo(Cause.RESPONDER_FAILED));
        }
    }

    @Test
    void anInterruptGivesTheRequestUp() throws Exception {
        var asked = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var _ = Heliograph.responder("local:interrupted", request -> {
            asked.countDown();
            try {
                return new CompletableFuture<Event>().get();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        }); var requester = Heliograph.requester("local:interrupted")) {
            var caught = new CompletableFuture<Throwable>();
            Thread asker = Thread.ofVirtual().start(() -> {
                try {
                    requester.ask(ASK, LONG);
                } catch (InterruptedException e) {
                    caught.complete(e);
                }
            });
            assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
            asker.interrupt();
            assertThat(caught.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
            assertThat(interrupted.await(5, TimeUnit.SECONDS)).as("the handler is interrupted").isTrue();
        }
    }

    @Test
    void nobodyThereIsSaidAtOnce() throws Exception {
        try (var requester = Heliograph.requester("local:empty")) {
            RequestException failure = failure(requester.request(ASK, LONG));
            assertThat(failure.reason()).isEqualTo(Cause.NOT_CONNECTED);
            assertThat(failure).hasMessageContaining("local:empty");
        }
    }

    @Test
    void anAnswerThatTakesTooLongTimesOutAndComesToNothing() throws Exception {
        var asked = new CountDownLatch(1);
        var release = new CountDownLatch(1);
        try (var _ = Heliograph.responder("local:slow", request -> {
            asked.countDown();
            release.await();
            return ASK;
        }); var requester = Heliograph.requester("local:slow")) {
            CompletableFuture<Event> answer = requester.request(ASK, Duration.ofMillis(30));
            RequestException failure = failure(answer);
            assertThat(failure.reason()).isEqualTo(Cause.TIMED_OUT);
            assertThat(failure).hasMessageContaining("0.03S");
            asked.await();
            release.countDown();
            assertThat(failure(answer).reason()).isEqualTo(Cause.TIMED_OUT);
        }
    }

    @Test
    void aResponderThatThrowsIsHeard() throws Exception {
        try (var _ = Heliograph.responder("local:throws", request -> {
            throw new IllegalStateException("no answer to " + request.text());
        }); var requester = Heliograph.requester("local:throws")) {
            RequestException failure = failure(requester.request(ASK, LONG));
            assertThat(failure.reason()).isEqualTo(Cause.RESPONDER_FAILED);
            assertThat(failure).hasMessageContaining("no answer to 6*7");
        }
    }

    @Test
    void aResponderThatAnswersNothingHasFailed() throws Exception {
        try (var _ = Heliograph.responder("local:null", request -> null);
                var requester = Heliograph.requester("local:null")) {
            assertThat(failure(requester.request(ASK, LONG)).reason()).isEqualTo(Cause.RESPONDER_FAILED);
        }
    }

    @Test
    void closingEitherSideFailsWhatIsInFlight() throws Exception {
        var never = new CountDownLatch(1);
        var responder = Heliograph.responder("local:closing", request -> {
            never.await();
            return ASK;
        });
        var first = Heliograph.requester("local:closing");
        var second = Heliograph.requester("local:closing");
        try {
            CompletableFuture<Event> ofFirst = first.request(ASK, LONG);
            CompletableFuture<Event> ofSecond = second.request(ASK, LONG);
            first.close();
            assertThat(failure(ofFirst).reason()).isEqualTo(Cause.CLOSED);
            assertThat(ofSecond).isNotDone();
            responder.close();
            assertThat(failure(ofSecond).reason()).isEqualTo(Cause.CLOSED);
            assertThat(failure(first.request(ASK, LONG)).reason()).isEqualTo(Cause.CLOSED);
            assertThat(failure(second.request(ASK, LONG)).reason()).isEqualTo(Cause.NOT_CONNECTED);
        } finally {
            never.countDown();
            second.close();
        }
    }

    @Test
    void cancellingInterruptsTheResponder() throws Exception {
        var asked = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        try (var _ = Heliograph.responder("local:cancel", request -> {
            asked.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return ASK;
        }); var requester = Heliograph.requester("local:cancel")) {
            CompletableFuture<Event> answer = requester.request(ASK, LONG);
            asked.await();
            answer.cancel(true);
            assertThat(interrupted.await(5, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void oneNameHasOneResponder() {
        try (var _ = Heliograph.responder("local:one", request -> ASK)) {
            assertThatExceptionOfType(ConfigException.class)
                    .isThrownBy(() -> Heliograph.responder("local:one", request -> ASK))
                    .withMessage("address 'local:one': allowed is a name at which nobody responds yet");
        }
        Heliograph.responder("local:one", request -> ASK).close();
    }
}
