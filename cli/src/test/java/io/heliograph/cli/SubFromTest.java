package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.cloudevents.CloudEventJson;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where a subscriber begins that comes after its publisher. */
class SubFromTest {

    private static final int EVENTS = 20;

    private static String group() throws IOException {
        try (var socket = new DatagramSocket(0)) {
            return "udp://239.77.1.8:" + socket.getLocalPort();
        }
    }

    private static List<String> expected(int from) {
        return IntStream.range(from, EVENTS).mapToObj(i -> "event " + i).toList();
    }

    private static Invocation listen(String address, String from, int count) {
        return Invocation.of("sub", address, "--from", from, "--count", Integer.toString(count), "--wait", "8s", "--json");
    }

    @Test
    void printsWhatWasPublishedBeforeItCame() throws IOException {
        String address = group();
        try (Publisher publisher = Heliograph.publisher(address)) {
            expected(0).forEach(text -> publisher.publish("t", text));

            Invocation all = listen(address, "oldest", EVENTS);

            assertThat(all.code()).as(all.errors()).isZero();
            assertThat(all.lines().stream().map(line -> CloudEventJson.read(line).text())).isEqualTo(expected(0));
            assertThat(all.ledger()).contains("\"delivered\":20,", "\"lost\":{}");

            String position = CloudEventJson.read(all.lines().get(12)).id().orElseThrow();
            Invocation some = listen(address, position, EVENTS - 12);

            assertThat(some.code()).as(some.errors()).isZero();
            assertThat(some.lines().stream().map(line -> CloudEventJson.read(line).text())).isEqualTo(expected(12));
            assertThat(some.ledger()).contains("\"known\":8,", "\"delivered\":8,");
        }
    }

    /** ZeroMQ at two ports that are free. */
    private static String ports() throws IOException {
        try (var plain = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var own = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return "zmq://127.0.0.1:" + plain.getLocalPort() + "?own-port=" + own.getLocalPort();
        }
    }

    @Test
    void printsTheLastEventOfEachTopicOverZeroMq() throws IOException {
        String address = ports();
        try (Publisher publisher = Heliograph.publisher(address + "&last-values=10")) {
            expected(0).forEach(text -> publisher.publish("t." + text.length(), text));

            Invocation last = listen(address, "last", 2);

            assertThat(last.code()).as(last.errors()).isZero();
            assertThat(last.lines().stream().map(line -> CloudEventJson.read(line).text())).containsExactly("event 9", "event 19");
            assertThat(last.ledger()).contains("\"delivered\":2,", "\"lost\":{}", "\"difference\":0");
        }
    }
}
