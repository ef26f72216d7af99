package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Event;
import io.heliograph.RequestException.Cause;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** JeroMQ's own REQ, DEALER and REP at PORT. */
@Timeout(60)
class PlainRequestTest {

    private final RequestScene scene = new RequestScene();
    private final ZContext context = new ZContext();
    private final String address = Ports.freshAddress();
    private final String place = "tcp://127.0.0.1:" + Ports.plain(address);
    private final CountDownLatch released = new CountDownLatch(1);

    @AfterEach
    void allSumsClose() throws Exception {
        released.countDown();
        context.close();
        scene.end();
    }

    private ZmqResponder respond() {
        return scene.add(ZmqResponder.open(RequestConfig.of(Address.parse(address), ZmqConfig.Side.BINDING), request -> {
            if (request.text().equals("hang")) {
                released.await();
            }
            if (request.text().equals("fail")) {
                throw new Exception("no such city");
            }
            return request.toBuilder().subject("re: " + request.subject().orElse("none")).build();
        }, Environment.system()));
    }

    private ZmqRequester request(String settings) {
        return scene.add(ZmqRequester.open(RequestConfig.of(Address.parse(address + "&peer=plain" + settings),
                ZmqConfig.Side.CONNECTING), Environment.system()));
    }

    private ZMQ.Socket connect(SocketType type) {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setReceiveTimeOut(10_000);
        // Of a hundred connections of JeroMQ's some never get through their greetings; it gives up on those after this.
        socket.setHandshakeIvl(1_000);
        socket.setLinger(0);
        socket.connect(place);
        return socket;
    }

    private static void send(ZMQ.Socket socket, String... frames) {
        for (int i = 0; i < frames.length; i++) {
            assertThat(socket.send(frames[i], i < frames.length - 1 ? ZMQ.SNDMORE : 0)).isTrue();
        }
    }

    private static List<String> receive(ZMQ.Socket socket) {
        var frames = new ArrayList<String>();
        do {
            String frame = socket.recvStr();
            if (frame == null) {
                throw new AssertionError("no answer; so far: " + frames);
            }
            frames.add(frame);
        } while (socket.hasReceiveMore());
        return frames;
    }

    @Test
    void answersAsManyFramesAsWereAsked() {
        ZmqResponder responder = respond();
        ZMQ.Socket requester = connect(SocketType.REQ);
        send(requester, "data");
        assertThat(receive(requester)).containsExactly("data");
        send(requester, "a.b", "data");
        assertThat(receive(requester)).containsExactly("a.b", "data");
        send(requester, "a.b", "data", "{\"specversion\":\"1.0\",\"id\":\"7\",\"source\":\"s\",\"type\":\"a.b\",\"subject\":\"x\"}");
        List<String> answer = receive(requester);
        assertThat(answer.subList(0, 2)).containsExactly("a.b", "data");
        assertThat(answer.get(2)).contains("\"subject\":\"re: x\"");
        send(requester, "fail");
        assertThat(receive(requester)).containsExactly("", "RESPONDER_FAILED", "no such city");
        await().atMost(RequestScene.SOON)
                .until(() -> responder.sums().answered() == 3 && responder.sums().failed(Cause.RESPONDER_FAILED) == 1);
    }

    @Test
    void whoAsksWithTooManyFramesIsToldSo() {
        respond();
        ZMQ.Socket requester = connect(SocketType.REQ);
        send(requester, "1", "2", "3", "4");
        assertThat(receive(requester).subList(0, 2)).containsExactly("", "RESPONDER_FAILED");
        send(requester, "data");
        assertThat(receive(requester)).containsExactly("data");
    }

    @Test
    void throwsAwayWhatIsNoRequest() {
        ZmqResponder responder = respond();
        ZMQ.Socket stranger = connect(SocketType.DEALER);
        send(stranger, "no delimiter");
        send(stranger, "id", "", "1", "2", "3", "4");
        assertThat(receive(stranger)).containsExactly("id", "", "", "RESPONDER_FAILED",
                "the request cannot be read: it has 4 frames, at most 3 are data, or topic and data, or topic, data and header");
        send(stranger, "id", "", "not a topic", "data");
        assertThat(receive(stranger).subList(0, 4)).startsWith("id", "", "", "RESPONDER_FAILED");
        send(stranger, "id", "", "data");
        assertThat(receive(stranger)).containsExactly("id", "", "data");
        assertThat(responder.sums().malformed()).containsEntry(MalformedMessage.SEVERAL_PARTS, 3L);
        assertThat(responder.sums().received()).isEqualTo(1);
    }

    @Test
    void forgetsARequesterThatIsGone() {
        ZmqResponder responder = respond();
        ZMQ.Socket requester = connect(SocketType.REQ);
        send(requester, "hang");
        await().atMost(RequestScene.SOON).until(() -> responder.sums().inFlight() == 1);
        requester.close();
        await().atMost(RequestScene.SOON).until(() -> responder.sums().abandoned() == 1);
    }

    @Test
    void asksAPlainResponderWithEverythingAnEventCarries() throws Exception {
        respond();
        ZmqRequester requester = request("&header=true");
        Event asked = Event.builder("a.b").data("{}".getBytes(StandardCharsets.UTF_8), "application/json")
                .subject("x").build();
        Event answer = scene.keep(requester, requester.request(asked, RequestScene.LONG)).get(10, TimeUnit.SECONDS);
        assertThat(answer.subject()).contains("re: x");
        assertThat(answer.contentType()).contains("application/json");
        assertThat(answer.topic()).isEqualTo("a.b");
        ZmqRequester plain = request("");
        assertThat(scene.ask(plain, "data").get(10, TimeUnit.SECONDS)).isEqualTo(Event.of("events", "data".getBytes(
                StandardCharsets.UTF_8)));
        assertThat(RequestScene.failure(scene.ask(plain, "fail"))).hasMessage("no such city");
    }

    @Test
    void aPlainResponderThatIsLostAnswersNothingMore() throws Exception {
        ZMQ.Socket responder = context.createSocket(SocketType.REP);
        responder.setLinger(0);
        responder.setReceiveTimeOut(10_000);
        responder.bind(place);
        ZmqRequester requester = request("");
        CompletableFuture<Event> answered = scene.ask(requester, "1");
        assertThat(responder.recvStr()).isEqualTo("1");
        responder.send("one");
        assertThat(answered.get(10, TimeUnit.SECONDS).text()).isEqualTo("one");
        CompletableFuture<Event> lost = scene.ask(requester, "2");
        CompletableFuture<Event> late = scene.keep(requester, requester.request(Event.of("ask", "3"), Duration.ofMillis(1)));
        assertThat(RequestScene.failure(late).reason()).isEqualTo(Cause.TIMED_OUT);
        assertThat(responder.recvStr()).isEqualTo("2");
        responder.unbind(place);
        responder.close();
        assertThat(RequestScene.failure(lost).reason()).isEqualTo(Cause.CONNECTION_LOST);
        await().atMost(RequestScene.SOON).until(() -> requester.responders() == 0);
    }
}
