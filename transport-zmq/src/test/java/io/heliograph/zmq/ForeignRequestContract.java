package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ChildProcess;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests to and from a program that knows nothing of this library. */
@Timeout(90)
abstract class ForeignRequestContract {

    private static final int REQUESTS = 200;

    private final RequestScene scene = new RequestScene();
    private final String address = Ports.freshAddress();
    private final String port = Integer.toString(Ports.plain(address));

    abstract ForeignProcess foreign();

    @AfterEach
    void allSumsClose() throws Exception {
        scene.end();
    }

    @Test
    void aForeignRequesterAsksAndGetsData() throws Exception {
        ZmqResponder responder = scene.add(ZmqResponder.open(RequestConfig.of(Address.parse(address), ZmqConfig.Side.BINDING),
                request -> Event.of("answer", "re: " + request.text()), Environment.system()));
        try (ChildProcess peer = foreign().start("req", port, "q", Integer.toString(REQUESTS))) {
            assertThat(peer.awaitEnd(RequestScene.SOON)).isZero();
            assertThat(peer.lines()).containsExactlyElementsOf(IntStream.range(-1, REQUESTS)
                    .mapToObj(i -> i < 0 ? "ready" : "re: q" + i).toList());
        }
        await().atMost(RequestScene.SOON).until(() -> responder.sums().answered() == REQUESTS);
        assertThat(responder.sums().received()).isEqualTo(REQUESTS);
    }

    @Test
    void aForeignResponderIsAskedManyTimesAtOnce() throws Exception {
        try (ChildProcess peer = foreign().start("rep", port, "re: ", Integer.toString(REQUESTS))) {
            ZmqRequester requester = scene.add(ZmqRequester.open(
                    RequestConfig.of(Address.parse(address + "&peer=plain"), ZmqConfig.Side.CONNECTING), Environment.system()));
            List<CompletableFuture<Event>> answers = IntStream.range(0, REQUESTS).mapToObj(i -> scene.ask(requester, "q" + i)).toList();
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(answers.get(i).get(20, TimeUnit.SECONDS)).isEqualTo(Event.of("events", ("re: q" + i).getBytes(StandardCharsets.UTF_8)));
            }
            assertThat(peer.awaitEnd(RequestScene.SOON)).isZero();
        }
    }
}
