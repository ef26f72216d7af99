package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A responder with a requester of its own kind and a foreign one. */
final class RequestBystanders extends Bystanders {

    private static final Duration PATIENCE = Duration.ofSeconds(PATIENCE_S);
    private static final int BATCH = 20;

    private final ZmqResponder responder;
    private final ZmqRequester requester;
    private final ZContext context = new ZContext();
    private final ZMQ.Socket foreign;
    private int asked;

    RequestBystanders(String settings) throws Exception {
        responder = ZmqResponder.open(RequestConfig.of(Address.parse(address + settings), ZmqConfig.Side.BINDING),
                request -> Event.of("answer", "re: " + request.text()), environment);
        requester = ZmqRequester.open(RequestConfig.of(Address.parse(address), ZmqConfig.Side.CONNECTING), environment);
        assertThat(requester.awaitResponders(1, PATIENCE)).isTrue();
        foreign = foreign(context, SocketType.REQ);
        foreign.setReceiveTimeOut((int) PATIENCE.toMillis());
        foreign.connect("tcp://127.0.0.1:" + Ports.plain(address));
        begin();
    }

    @Override
    List<Door> doors() {
        return List.of(new Door(Ports.plain(address), "DEALER"), ownDoor());
    }

    @Override
    void batch() throws Exception {
        int first = asked;
        List<CompletableFuture<Event>> answers = IntStream.range(first, first + BATCH)
                .mapToObj(i -> requester.request(Event.of("ask", "q" + i), PATIENCE)).toList();
        for (int i = 0; i < BATCH; i++) {
            foreign.send("f" + (first + i));
            assertThat(foreign.recvStr()).isEqualTo("re: f" + (first + i));
            assertThat(answers.get(i).get(PATIENCE_S, TimeUnit.SECONDS).text()).isEqualTo("re: q" + (first + i));
        }
        asked += BATCH;
    }

    @Override
    void requireUnnoticed() {
        RequesterSums asking = requester.sums();
        assertThat(asking.answered()).as("%s", asking).isEqualTo(asked);
        assertThat(asking.sent()).isEqualTo(asked);
        assertThat(asking.difference()).isZero();
        await().atMost(PATIENCE).until(() -> responder.sums().answered() == 2L * asked);
        ResponderSums answering = responder.sums();
        assertThat(answering.received()).as("%s", answering).isEqualTo(2L * asked);
        assertThat(answering.difference()).isZero();
    }

    @Override
    boolean isAlone() {
        return true;
    }

    @Override
    Map<ZmqRefusal, Long> refusals() {
        return responder.sums().refusals();
    }

    @Override
    public void close() {
        context.close();
        requester.close();
        responder.close();
        threads.close();
    }
}
