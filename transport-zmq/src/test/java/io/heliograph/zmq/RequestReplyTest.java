package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.RequestException.Cause;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import io.heliograph.testkit.ManualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a requester and its responders do with each request; the scene compares all sums at the end of each test. */
@Timeout(60)
class RequestReplyTest {

    private static final UnaryOperator<RequestLimits> DEFAULTS = UnaryOperator.identity();

    private final RequestScene scene = new RequestScene();
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void allSumsClose() throws Exception {
        released.countDown();
        scene.end();
    }

    private Event hang(Event request) throws InterruptedException {
        released.await();
        return request;
    }

    private static Event echo(Event request) {
        return Event.of("answer", request.text());
    }

    @Test
    void answersThousandsOfVirtualThreadsThatWaitAtOnce() throws Exception {
        var begun = new CountDownLatch(2_000);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            begun.await();
            return echo(request);
        });
        ZmqRequester requester = scene.request(DEFAULTS);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<String>> texts = IntStream.range(0, 2_000).mapToObj(i -> threads.submit(
                    () -> scene.ask(requester, "" + i).get().text())).toList();
            for (int i = 0; i < texts.size(); i++) {
                assertThat(texts.get(i).get(30, TimeUnit.SECONDS)).isEqualTo("" + i);
            }
        }
        assertThat(requester.sums().answered()).isEqualTo(2_000);
        await().atMost(RequestScene.SOON).until(() -> responder.sums().answered() == 2_000);
    }

    @Test
    void asksWhicheverHasTheFewestUnanswered() throws Exception {
        var slow = new AtomicInteger();
        var quick = new AtomicInteger();
        scene.respond(request -> {
            slow.incrementAndGet();
            return hang(request);
        });
        scene.respond(request -> {
            quick.incrementAndGet();
            return echo(request);
        });
        ZmqRequester requester = scene.request(DEFAULTS);
        CompletableFuture<Event> first = scene.ask(requester, "1");
        CompletableFuture<Event> second = scene.ask(requester, "2");
        await().atMost(RequestScene.SOON).until(() -> slow.get() == 1 && (first.isDone() || second.isDone()));
        for (int i = 0; i < 50; i++) {
            assertThat(scene.ask(requester, "" + i).get(10, TimeUnit.SECONDS).text()).isEqualTo("" + i);
        }
        assertThat(slow).hasValue(1);
        assertThat(quick).hasValue(51);
        released.countDown();
        CompletableFuture.allOf(first, second).get(10, TimeUnit.SECONDS);
    }

    @Test
    void sharesOutWhatComesAtOnce() throws Exception {
        var counts = List.of(new AtomicInteger(), new AtomicInteger(), new AtomicInteger());
        for (AtomicInteger count : counts) {
            scene.respond(request -> {
                count.incrementAndGet();
                return hang(request);
            });
        }
        ZmqRequester requester = scene.request(DEFAULTS);
        List<CompletableFuture<Event>> answers = IntStream.range(0, 300).mapToObj(i -> scene.ask(requester, "" + i)).toList();
        await().atMost(RequestScene.SOON).until(() -> counts.stream().mapToInt(AtomicInteger::get).sum() == 300);
        assertThat(counts).allMatch(count -> count.get() == 100);
        released.countDown();
        CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    }

    @Test
    void asksAnotherWhatMayBeHandledTwiceWhenAConnectionIsLost() throws Exception {
        var hung = new AtomicInteger();
        ZmqResponder responder = scene.respond(request -> {
            hung.incrementAndGet();
            return hang(request);
        });
        ZmqRequester requester = scene.request(limits -> limits.withRetries(3, Duration.ofMinutes(10)));
        List<CompletableFuture<Event>> idempotent = IntStream.range(0, 20).mapToObj(i -> scene.askIdempotent(requester, "" + i)).toList();
        List<CompletableFuture<Event>> once = IntStream.range(0, 20).mapToObj(i -> scene.ask(requester, "once")).toList();
        await().atMost(RequestScene.SOON).until(() -> hung.get() == 40);
        scene.relay(0).freeze();
        released.countDown();
        await().atMost(RequestScene.SOON).until(() -> responder.sums().answered() == 40);
        scene.relay(0).cut();
        for (CompletableFuture<Event> answer : once) {
            assertThat(RequestScene.failure(answer).reason()).isEqualTo(Cause.CONNECTION_LOST);
        }
        scene.relay(0).thaw();
        for (int i = 0; i < idempotent.size(); i++) {
            assertThat(idempotent.get(i).get(20, TimeUnit.SECONDS).text()).isEqualTo("" + i);
        }
        assertThat(requester.sums().retried()).isEqualTo(20);
        assertThat(requester.sums().failed(Cause.CONNECTION_LOST)).isEqualTo(20);
        assertThat(hung).hasValue(60);
    }

    @Test
    void asksTheOtherServerWhenOneIsKilled() throws Exception {
        var first = new AtomicInteger();
        var second = new AtomicInteger();
        scene.respond(request -> {
            first.incrementAndGet();
            return hang(request);
        });
        scene.respond(request -> {
            second.incrementAndGet();
            return hang(request);
        });
        ZmqRequester requester = scene.request(limits -> limits.withRetries(3, Duration.ofMinutes(10)));
        List<CompletableFuture<Event>> idempotent = IntStream.range(0, 20).mapToObj(i -> scene.askIdempotent(requester, "" + i)).toList();
        List<CompletableFuture<Event>> once = IntStream.range(0, 20).mapToObj(i -> scene.ask(requester, "" + i)).toList();
        await().atMost(RequestScene.SOON).until(() -> first.get() == 20 && second.get() == 20);
        scene.relay(0).refuse(true);
        scene.relay(0).cut();
        await().atMost(RequestScene.SOON).until(() -> second.get() + requester.sums().failed(Cause.CONNECTION_LOST) == 40);
        released.countDown();
        for (int i = 0; i < 20; i++) {
            assertThat(idempotent.get(i).get(20, TimeUnit.SECONDS).text()).isEqualTo("" + i);
            if (once.get(i).handle((answer, failure) -> failure == null).get(20, TimeUnit.SECONDS)) {
                assertThat(once.get(i).get().text()).isEqualTo("" + i);
            } else {
                assertThat(RequestScene.failure(once.get(i)).reason()).isEqualTo(Cause.CONNECTION_LOST);
            }
        }
        RequesterSums sums = requester.sums();
        assertThat(sums.retried()).as("%s", sums).isPositive().isEqualTo(second.get() - 20);
        assertThat(sums.failed(Cause.CONNECTION_LOST)).isPositive().isEqualTo(20 - sums.retried());
    }

    @Test
    void asksAnotherTooWhenOneIsSilent() throws Exception {
        var interrupted = new CountDownLatch(1);
        var asked = new CountDownLatch(1);
        scene.respond(request -> {
            asked.countDown();
            try {
                return hang(request);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        ZmqRequester requester = scene.request(limits -> limits.withRetries(2, Duration.ofMillis(50)));
        CompletableFuture<Event> alone = scene.askIdempotent(requester, "alone");
        assertThat(asked.await(10, TimeUnit.SECONDS)).isTrue();
        alone.cancel(true);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
        scene.respond(RequestReplyTest::echo);
        ZmqRequester both = scene.request(limits -> limits.withRetries(2, Duration.ofMillis(50)));
        for (int i = 0; i < 4; i++) {
            assertThat(scene.askIdempotent(both, "" + i).get(10, TimeUnit.SECONDS).text()).isEqualTo("" + i);
        }
        assertThat(both.sums().retried()).isPositive();
        assertThat(both.sums().answered()).isEqualTo(4);
    }

    @Test
    void cancelsAtTheResponderWhatItsCallerGivesUp() throws Exception {
        var begun = new CountDownLatch(2);
        var interrupted = new CountDownLatch(2);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            try {
                return hang(request);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        ZmqRequester requester = scene.request(DEFAULTS);
        CompletableFuture<Event> cancelled = scene.ask(requester, "1");
        var caught = new CompletableFuture<Throwable>();
        Thread asker = Thread.ofVirtual().start(() -> {
            CompletableFuture<Event> answer = scene.ask(requester, "2");
            try {
                answer.get();
            } catch (InterruptedException e) {
                answer.cancel(true);
                caught.complete(e);
            } catch (Exception e) {
                caught.complete(e);
            }
        });
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        cancelled.cancel(true);
        asker.interrupt();
        assertThat(caught.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(interrupted.await(10, TimeUnit.SECONDS)).as("both handlers are interrupted").isTrue();
        await().atMost(RequestScene.SOON).until(() -> responder.sums().cancelled() == 2 && responder.sums().late() == 2);
        assertThat(requester.sums().cancelled()).isEqualTo(2);
    }

    @Test
    void dropsAndCountsTheAnswerOfAHandlerThatDoesNotHearOfIt() throws Exception {
        var begun = new CountDownLatch(1);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            while (released.getCount() > 0) {
                Thread.onSpinWait();
            }
            return request;
        });
        ZmqRequester requester = scene.request(DEFAULTS);
        CompletableFuture<Event> answer = scene.ask(requester, "1");
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        answer.cancel(true);
        await().atMost(RequestScene.SOON).until(() -> responder.sums().cancelled() == 1);
        released.countDown();
        await().atMost(RequestScene.SOON).until(() -> responder.sums().late() == 1);
        assertThat(responder.sums().answered()).isZero();
        assertThat(requester.sums().late()).isZero();
    }

    @Test
    void interruptsWhatARequesterThatIsGoneHadAsked() throws Exception {
        var begun = new CountDownLatch(3);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            return hang(request);
        });
        ZmqRequester requester = scene.request(DEFAULTS);
        for (int i = 0; i < 3; i++) {
            scene.ask(requester, "" + i);
        }
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        scene.relay(0).cut();
        await().atMost(RequestScene.SOON).until(() -> responder.sums().abandoned() == 3 && responder.sums().late() == 3);
    }

    @Test
    void refusesWhatIsTooMuchForEitherSide() throws Exception {
        var begun = new CountDownLatch(4);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            return hang(request);
        }, "&in-flight=4");
        ZmqRequester requester = scene.request(limits -> limits.withInFlight(6));
        List<CompletableFuture<Event>> taken = IntStream.range(0, 4).mapToObj(i -> scene.ask(requester, "" + i)).toList();
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        RequestException there = RequestScene.failure(scene.ask(requester, "5"));
        assertThat(there.reason()).isEqualTo(Cause.BACK_PRESSURED);
        assertThat(there).hasMessageContaining("in-flight").hasMessageContaining("responder");
        assertThat(responder.sums().failed(Cause.BACK_PRESSURED)).isEqualTo(1);
        ZmqRequester narrow = scene.request(limits -> limits.withInFlightBytes(100));
        RequestException here = RequestScene.failure(scene.ask(narrow, "x".repeat(200)));
        assertThat(here.reason()).isEqualTo(Cause.BACK_PRESSURED);
        assertThat(here).hasMessageContaining("in-flight-bytes");
        released.countDown();
        CompletableFuture.allOf(taken.toArray(CompletableFuture[]::new)).get(10, TimeUnit.SECONDS);
    }

    @Test
    void saysWhatIsTooLarge() throws Exception {
        ZmqResponder responder = scene.respond(request -> Event.of("answer", new byte[2 << 20]));
        ZmqRequester requester = scene.request(DEFAULTS);
        RequestException request = RequestScene.failure(scene.ask(requester, "x".repeat(2 << 20)));
        assertThat(request.reason()).isEqualTo(Cause.TOO_LARGE);
        assertThat(request).hasMessageContaining("max-event");
        RequestException answer = RequestScene.failure(scene.ask(requester, "small"));
        assertThat(answer.reason()).isEqualTo(Cause.TOO_LARGE);
        assertThat(answer).hasMessageContaining("max-event");
        await().atMost(RequestScene.SOON).until(() -> responder.sums().failed(Cause.TOO_LARGE) == 1);
    }

    @Test
    void cutsALongMessageOfAFailedHandler() throws Exception {
        scene.respond(request -> {
            throw new Exception("ä".repeat(5_000));
        });
        RequestException failure = RequestScene.failure(scene.ask(scene.request(DEFAULTS), "1"));
        assertThat(failure.reason()).isEqualTo(Cause.RESPONDER_FAILED);
        assertThat(failure).hasMessage("ä".repeat(RequestLimits.defaults().messageBytes() / 2));
    }

    @Test
    void timesOutByTheClockItIsGivenAndCancelsAtTheResponder() throws Exception {
        var clock = new ManualClock();
        var begun = new CountDownLatch(1);
        ZmqResponder responder = scene.respond(request -> {
            begun.countDown();
            return hang(request);
        });
        ZmqRequester requester = scene.requestUnconnected(DEFAULTS,
                new Environment(clock, clock, new SplittableRandom(1), new CollectedNotices()));
        CompletableFuture<Event> answer = scene.keep(requester, requester.request(Event.of("ask", "1"), Duration.ofSeconds(2)));
        assertThat(begun.await(10, TimeUnit.SECONDS)).isTrue();
        clock.advance(Duration.ofSeconds(2));
        assertThat(RequestScene.failure(answer).reason()).isEqualTo(Cause.TIMED_OUT);
        await().atMost(RequestScene.SOON).until(() -> responder.sums().cancelled() == 1);
    }

    @Test
    void asksRespondersThatConnectToIt() throws Exception {
        String address = Ports.freshAddress();
        ZmqRequester requester = scene.add(ZmqRequester.open(
                RequestConfig.of(Address.parse(address + "&bind=true"), ZmqConfig.Side.CONNECTING), Environment.system()));
        for (int i = 0; i < 2; i++) {
            scene.add(ZmqResponder.open(RequestConfig.of(Address.parse(address + "&bind=false"), ZmqConfig.Side.BINDING),
                    RequestReplyTest::echo, Environment.system()));
        }
        assertThat(requester.awaitResponders(2, RequestScene.SOON)).isTrue();
        for (int i = 0; i < 10; i++) {
            assertThat(scene.ask(requester, "" + i).get(10, TimeUnit.SECONDS).text()).isEqualTo("" + i);
        }
    }

    @Test
    void findsAResponderThatComesBack() throws Exception {
        String address = Ports.freshAddress();
        RequestConfig responding = RequestConfig.of(Address.parse(address), ZmqConfig.Side.BINDING);
        scene.add(ZmqResponder.open(responding, RequestReplyTest::echo, Environment.system())).close();
        ZmqRequester requester = scene.add(ZmqRequester.open(
                RequestConfig.of(Address.parse(address), ZmqConfig.Side.CONNECTING), Environment.system()));
        assertThat(RequestScene.failure(scene.ask(requester, "0")).reason()).isEqualTo(Cause.NOT_CONNECTED);
        for (int i = 0; i < 3; i++) {
            ZmqResponder responder = scene.add(ZmqResponder.open(responding, RequestReplyTest::echo, Environment.system()));
            assertThat(requester.awaitResponders(1, RequestScene.SOON)).isTrue();
            assertThat(scene.ask(requester, "" + i).get(10, TimeUnit.SECONDS).text()).isEqualTo("" + i);
            responder.close();
            await().atMost(RequestScene.SOON).until(() -> requester.responders() == 0);
        }
    }

    @Test
    void runsWhatHangsOnAnAnswerOnAThreadThatMayWait() throws Exception {
        scene.respond(RequestReplyTest::echo);
        ZmqRequester requester = scene.request(DEFAULTS);
        CompletableFuture<String> second = scene.ask(requester, "1")
                .thenApply(first -> scene.ask(requester, first.text() + "2").join().text());
        assertThat(second.get(10, TimeUnit.SECONDS)).isEqualTo("12");
    }

    @Test
    void countsAsGivenUpWhatItsCallerCompletesOtherwise() throws Exception {
        scene.respond(this::hang);
        ZmqRequester requester = scene.request(DEFAULTS);
        CompletableFuture<Event> answer = scene.ask(requester, "1").orTimeout(1, TimeUnit.MILLISECONDS);
        await().atMost(RequestScene.SOON).until(answer::isDone);
        assertThat(requester.sums().cancelled()).isEqualTo(1);
        assertThat(requester.sums().difference()).isZero();
        // For the scene, to which only a cancel is one.
        answer.obtrudeException(new CancellationException());
    }

    @Test
    void refusesSettingsThatMakeNoSense() {
        for (String settings : List.of("pattern=fan-out", "in-flight=0", "tries=0", "retry-after=0ms", "peer=some",
                "in-flight-bytes=1B", "peer=plain&bind=true", "unknown=1")) {
            assertThatExceptionOfType(ConfigException.class).as(settings).isThrownBy(
                    () -> RequestConfig.of(Address.parse("zmq://127.0.0.1:5555?" + settings), ZmqConfig.Side.CONNECTING));
        }
        assertThatExceptionOfType(ConfigException.class).isThrownBy(
                () -> RequestConfig.of(Address.parse("zmq+inproc://name?peer=plain"), ZmqConfig.Side.CONNECTING));
    }
}
