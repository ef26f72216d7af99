package io.heliograph.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.Requester;
import io.heliograph.Responder;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a transport that carries requests must do: each gets one answer, or one reason why there is none. */
@Timeout(60)
public abstract class RequestReplyContract {

    private static final Duration LONG = Duration.ofSeconds(30);

    private final ManualClock clock = new ManualClock();
    private final Environment environment = new Environment(clock, clock, new SplittableRandom(1), new CollectedNotices());
    private final CountDownLatch released = new CountDownLatch(1);
    private final Semaphore hanging = new Semaphore(0);
    private final List<AutoCloseable> opened = new ArrayList<>();
    private String address = "";

    /** For subclasses. */
    protected RequestReplyContract() {
    }

    /** The transport that must keep the contract. */
    protected abstract TransportUnderTest transport();

    @BeforeEach
    final void findAnAddress() {
        assumeTrue(transport().capabilities().has(Trait.REQUESTS, Trait.MANUAL_TIME), "carries requests on a manual clock");
        address = transport().freshAddress();
    }

    @AfterEach
    final void closeAll() throws Exception {
        released.countDown();
        for (AutoCloseable each : opened) {
            each.close();
        }
    }

    @Test
    void answersWithAnEvent() throws Exception {
        respond(request -> request.toBuilder().subject("re: " + request.text()).build());
        Event request = Event.json("ask", "{\"a\":1}");
        Event answer = requester().request(request, LONG).get(10, TimeUnit.SECONDS);
        assertEquals(request.toBuilder().subject("re: {\"a\":1}").build(), answer);
    }

    @Test
    void givesEachOfManyRequestsItsOwnAnswer() {
        respond(request -> Event.of("answer", request.text() + "!"));
        Requester requester = requester();
        List<CompletableFuture<Event>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            answers.add(requester.request(Event.of("ask", "" + i), LONG));
        }
        for (int i = 0; i < 200; i++) {
            assertEquals(i + "!", answers.get(i).orTimeout(10, TimeUnit.SECONDS).join().text());
        }
    }

    @Test
    void saysThatNobodyResponds() {
        assertEquals(RequestException.Cause.NOT_CONNECTED, failure(requester().request(Event.of("ask", ""), LONG)).reason());
    }

    @Test
    void passesOnWhyTheResponderFailed() {
        respond(request -> {
            if (request.text().equals("error")) {
                throw new StackOverflowError("too deep");
            }
            throw new Exception("no such city");
        });
        RequestException failure = failure(requester().request(Event.of("ask", ""), LONG));
        assertEquals(RequestException.Cause.RESPONDER_FAILED, failure.reason());
        assertTrue(failure.toString().contains("no such city"), failure.toString());
        assertEquals(RequestException.Cause.RESPONDER_FAILED, failure(requester().request(Event.of("ask", "error"), LONG)).reason());
    }

    @Test
    void timesOutOnTheClockItIsGiven() throws Exception {
        respond(this::hang);
        CompletableFuture<Event> answer = requester().request(Event.of("ask", ""), Duration.ofSeconds(2));
        awaitHanging();
        clock.advance(Duration.ofSeconds(2).minusNanos(1));
        clock.stepWall(Duration.ofHours(1));
        assertThrows(TimeoutException.class, () -> answer.get(20, TimeUnit.MILLISECONDS));
        clock.advance(Duration.ofNanos(1));
        assertEquals(RequestException.Cause.TIMED_OUT, failure(answer).reason());
    }

    @Test
    void failsWhatIsInFlightWhenEitherSideCloses() throws Exception {
        Responder responder = respond(this::hang);
        Requester requester = requester();
        CompletableFuture<Event> byRequester = requester.request(Event.of("ask", "1"), LONG);
        awaitHanging();
        requester.close();
        requester.close();
        assertEquals(RequestException.Cause.CLOSED, failure(byRequester).reason());
        assertEquals(RequestException.Cause.CLOSED, failure(requester.request(Event.of("ask", "2"), LONG)).reason());
        Requester other = requester();
        CompletableFuture<Event> byResponder = other.request(Event.of("ask", "3"), LONG);
        awaitHanging();
        responder.close();
        responder.close();
        assertEquals(RequestException.Cause.CLOSED, failure(byResponder).reason());
        assertEquals(RequestException.Cause.NOT_CONNECTED, failure(other.request(Event.of("ask", "4"), LONG)).reason());
    }

    @Test
    void freesTheAddressForTheNextResponder() {
        respond(request -> Event.of("answer", "first")).close();
        respond(request -> Event.of("answer", "second"));
        assertEquals("second", requester().request(Event.of("ask", ""), LONG).orTimeout(10, TimeUnit.SECONDS).join().text());
    }

    @Test
    void interruptsTheHandlerOfACancelledRequest() throws Exception {
        var begun = new CountDownLatch(1);
        var interrupted = new CountDownLatch(1);
        respond(request -> {
            begun.countDown();
            try {
                return hang(request);
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
        });
        CompletableFuture<Event> answer = requester().request(Event.of("ask", ""), LONG);
        assertTrue(begun.await(10, TimeUnit.SECONDS), "the handler is called");
        answer.cancel(true);
        assertTrue(interrupted.await(10, TimeUnit.SECONDS), "the handler is interrupted");
    }

    private Event hang(Event request) throws InterruptedException {
        hanging.release();
        released.await();
        return request;
    }

    /** Until one more request is in a handler's hands. */
    private void awaitHanging() throws InterruptedException {
        assertTrue(hanging.tryAcquire(10, TimeUnit.SECONDS), "the handler is called");
    }

    private Requester requester() {
        Requester requester = transport().requester(address, environment);
        opened.add(requester);
        return requester;
    }

    private Responder respond(Responder.RequestHandler handler) {
        Responder responder = transport().responder(address, handler, environment);
        opened.add(responder);
        return responder;
    }

    private static RequestException failure(CompletableFuture<Event> answer) {
        try {
            Event event = answer.get(10, TimeUnit.SECONDS);
            throw new AssertionError("an answer where a failure is due: " + event);
        } catch (ExecutionException | CompletionException failure) {
            return assertInstanceOf(RequestException.class, failure.getCause());
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("no answer and no failure in 10 s", e);
        }
    }
}
