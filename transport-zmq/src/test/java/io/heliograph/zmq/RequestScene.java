package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.RequestException;
import io.heliograph.Responder;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

/**
 * Responders, each behind a relay, and requesters that ask them. At its end every sum of both sides closes, and a requester's
 * agree with the outcomes that its callers saw.
 */
final class RequestScene {

    static final Duration SOON = Duration.ofSeconds(20);
    static final Duration LONG = Duration.ofSeconds(60);

    private final List<ZmqResponder> responders = new ArrayList<>();
    private final List<TcpRelay> relays = new ArrayList<>();
    private final List<ZmqRequester> requesters = new ArrayList<>();
    private final Map<ZmqRequester, List<CompletableFuture<Event>>> asked = new ConcurrentHashMap<>();

    ZmqResponder respond(Responder.RequestHandler handler) {
        return respond(handler, "");
    }

    ZmqResponder respond(Responder.RequestHandler handler, String settings) {
        String address = Ports.freshAddress();
        var responder = ZmqResponder.open(RequestConfig.of(Address.parse(address + settings), ZmqConfig.Side.BINDING), handler,
                Environment.system());
        responders.add(responder);
        relays.add(new TcpRelay(Ports.own(address)));
        return responder;
    }

    /** The relay in front of the responder of that number. */
    TcpRelay relay(int responder) {
        return relays.get(responder);
    }

    /** Asks all responders that there are by now, and is connected to them. */
    ZmqRequester request(UnaryOperator<RequestLimits> limits) throws InterruptedException {
        ZmqRequester requester = requestUnconnected(limits, Environment.system());
        assertThat(requester.awaitResponders(relays.size(), SOON)).as("connected to all responders").isTrue();
        return requester;
    }

    ZmqRequester requestUnconnected(UnaryOperator<RequestLimits> limits, Environment environment) {
        List<ZmqEndpoint> endpoints = relays.stream().map(relay -> new ZmqEndpoint("127.0.0.1:" + relay.port(),
                Optional.of("tcp://127.0.0.1:" + relay.port()), "tcp://127.0.0.1:" + relay.port())).toList();
        var zmq = new ZmqConfig("zmq://relays", endpoints, ZmqPattern.REQUEST_REPLY, false, false, ZmqLimits.defaults());
        return add(ZmqRequester.open(new RequestConfig(zmq, false, limits.apply(RequestLimits.defaults())), environment));
    }

    ZmqRequester add(ZmqRequester requester) {
        requesters.add(requester);
        asked.put(requester, new ArrayList<>());
        return requester;
    }

    ZmqResponder add(ZmqResponder responder) {
        responders.add(responder);
        return responder;
    }

    CompletableFuture<Event> ask(ZmqRequester requester, String text) {
        return keep(requester, requester.request(Event.of("ask", text), LONG));
    }

    CompletableFuture<Event> askIdempotent(ZmqRequester requester, String text) {
        return keep(requester, requester.requestIdempotent(Event.of("ask", text), LONG));
    }

    CompletableFuture<Event> keep(ZmqRequester requester, CompletableFuture<Event> answer) {
        List<CompletableFuture<Event>> all = asked.get(requester);
        synchronized (all) {
            all.add(answer);
        }
        return answer;
    }

    static RequestException failure(CompletableFuture<Event> answer) throws InterruptedException, TimeoutException {
        try {
            throw new AssertionError("an answer where a failure is due: " + answer.get(20, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return (RequestException) e.getCause();
        }
    }

    /** Closes all, and compares. */
    void end() throws Exception {
        for (ZmqRequester requester : requesters) {
            requester.close();
            requester.close();
            agree(requester.sums(), asked.get(requester));
        }
        for (ZmqResponder responder : responders) {
            responder.close();
            responder.close();
            await().atMost(SOON).until(() -> responder.sums().inFlight() == 0);
            assertThat(responder.sums().difference()).as("%s", responder.sums()).isZero();
        }
        for (TcpRelay relay : relays) {
            relay.close();
        }
    }

    /** The requester's sums, and what its callers saw. */
    private static void agree(RequesterSums sums, List<CompletableFuture<Event>> answers) {
        long answered = 0;
        long cancelled = 0;
        long timedOut = 0;
        var failed = new EnumMap<RequestException.Cause, Long>(RequestException.Cause.class);
        for (CompletableFuture<Event> answer : answers) {
            try {
                answer.get(5, TimeUnit.SECONDS);
                answered++;
            } catch (CancellationException e) {
                cancelled++;
            } catch (ExecutionException | CompletionException e) {
                RequestException.Cause kind = ((RequestException) e.getCause()).reason();
                if (kind == RequestException.Cause.TIMED_OUT) {
                    timedOut++;
                } else {
                    failed.merge(kind, 1L, Long::sum);
                }
            } catch (InterruptedException | TimeoutException e) {
                throw new AssertionError("a request without an outcome: " + sums, e);
            }
        }
        assertThat(sums.difference()).as("%s", sums).isZero();
        assertThat(sums.inFlight()).isZero();
        assertThat(sums.sent()).isEqualTo(answers.size());
        assertThat(sums.answered()).isEqualTo(answered);
        assertThat(sums.cancelled()).isEqualTo(cancelled);
        assertThat(sums.timedOut()).isEqualTo(timedOut);
        assertThat(sums.failed()).isEqualTo(failed);
    }
}
