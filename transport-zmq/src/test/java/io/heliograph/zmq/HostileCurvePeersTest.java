package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Strangers at ports that are protected by CURVE, beside those who have keys. */
@Timeout(90)
class HostileCurvePeersTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final int CUT_MS = 30_000;
    private static final int STRANGERS = 150;
    private static final int EVENTS = 300;

    @TempDir
    private Path folder;

    private FanOutBystanders open(CurveFiles files) throws Exception {
        return new FanOutBystanders("&handshake=300ms&evict=3s", Optional.of(files));
    }

    private static byte[] command(String name, int length, Random random) {
        byte[] body = new byte[length];
        random.nextBytes(body);
        ByteBuffer.wrap(body).put((byte) name.length()).put(name.getBytes(StandardCharsets.US_ASCII)).put((byte) 1).put((byte) 0);
        return RawPeer.frame(RawPeer.COMMAND, body);
    }

    @Test
    void cutsOffWhoCannotShakeHands() throws Exception {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        try (var bystanders = open(new CurveFiles(folder))) {
            List<RawPeer> peers = new ArrayList<>();
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int i = 0; i < STRANGERS; i++) {
                        var peer = new RawPeer(door.port());
                        peers.add(peer);
                        peer.send(RawPeer.greeting(i % 10 == 0 ? "NULL" : i % 10 == 1 ? "PLAIN" : "CURVE"));
                        switch (i % 5) {
                            case 0 -> peer.send(RawPeer.announcement(1L << 40));
                            case 1 -> peer.send(command("HELLO", 200, random));
                            case 2 -> peer.send(command("HELLO", 20 + random.nextInt(300), random));
                            case 3 -> peer.send(command("INITIATE", 257 + random.nextInt(600), random));
                            default -> {
                                // Nothing: half a handshake.
                            }
                        }
                    }
                }
                for (RawPeer peer : peers) {
                    assertThat(peer.isCutOff(CUT_MS)).as("seed %d", seed).isTrue();
                }
            });
            for (RawPeer peer : peers) {
                peer.close();
            }
            long strangers = (long) STRANGERS * bystanders.doors().size();
            await().atMost(SOON).untilAsserted(() -> assertThat(bystanders.refused(ZmqRefusal.UNPROVEN)
                    + bystanders.refused(ZmqRefusal.CROWDED)).as("seed %d", seed).isEqualTo(strangers));
        }
    }

    /**
     * Publishes until the worker has one: only then is it no stranger itself, since JeroMQ's greetings do not always get through
     * at the first connection. Says how many were published.
     */
    private static int greet(ZmqWorkPublisher publisher, ZMQ.Socket worker) throws InterruptedException {
        worker.setReceiveTimeOut((int) Duration.ofSeconds(2).toMillis());
        for (int i = 1; i <= 10; i++) {
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            assertThat(publisher.publish("greeting", "")).isEqualTo(PublishResult.ACCEPTED);
            if ("greeting".equals(worker.recvStr())) {
                assertThat(worker.recvStr()).isEmpty();
                worker.setReceiveTimeOut((int) SOON.toMillis());
                return i;
            }
        }
        throw new AssertionError("the worker's own connection never gets through its greetings");
    }

    @Test
    void losesOneEventAtMostToEachStrangerWhoPretendsToWork() throws Exception {
        var files = new CurveFiles(folder);
        String address = Ports.freshAddress() + "&pattern=load-balance" + files.waiting();
        try (var publisher = ZmqWorkPublisher.open(WorkConfig.of(Address.parse(address), ZmqConfig.Side.BINDING),
                        FlowPolicy.parse("backpressure:1000,wait=20s"), Environment.system());
                var context = new ZContext()) {
            ZMQ.Socket worker = Bystanders.foreign(context, SocketType.PULL);
            files.use(worker, files.listed);
            worker.setReceiveTimeOut((int) SOON.toMillis());
            worker.connect("tcp://127.0.0.1:" + Ports.plain(address));
            int before = greet(publisher, worker);
            List<RawPeer> strangers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                var stranger = new RawPeer(Ports.plain(address));
                stranger.send(RawPeer.greeting("CURVE"));
                strangers.add(stranger);
            }
            for (int i = 0; i < EVENTS; i++) {
                assertThat(publisher.publish("work", Integer.toString(i))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> publisher.groups().getFirst().acknowledged() == before + EVENTS);
            int received = 0;
            int last = -1;
            while (last < EVENTS - 1 && received < EVENTS - strangers.size()) {
                String topic = worker.recvStr();
                if ("greeting".equals(topic)) {
                    // Published when an earlier one seemed not to come.
                    assertThat(worker.recvStr()).isEmpty();
                    continue;
                }
                assertThat(topic).isEqualTo("work");
                int number = Integer.parseInt(worker.recvStr());
                assertThat(number).isGreaterThan(last);
                last = number;
                received++;
            }
            assertThat(received).isGreaterThanOrEqualTo(EVENTS - strangers.size());
            assertThat(publisher.groups()).allSatisfy(sums -> assertThat(sums.difference()).isZero());
            for (RawPeer stranger : strangers) {
                stranger.close();
            }
        }
    }

    @Test
    void handsNoWorkToThosePretendingToShakeHandsWhereNobodyElseIs() throws Exception {
        var files = new CurveFiles(folder);
        String address = Ports.freshAddress() + "&pattern=load-balance&handshake=300ms" + files.waiting();
        try (var publisher = ZmqWorkPublisher.open(WorkConfig.of(Address.parse(address), ZmqConfig.Side.BINDING),
                        FlowPolicy.parse("backpressure:1000,wait=20s"), Environment.system());
                var stranger = new RawPeer(Ports.plain(address))) {
            stranger.send(RawPeer.greeting("CURVE"));
            await().pollInterval(Duration.ofMillis(10)).atMost(SOON).until(() -> {
                assertThat(publisher.publish("work", "secret")).isEqualTo(PublishResult.NOT_CONNECTED);
                return publisher.counters().refusals().containsKey(ZmqRefusal.UNPROVEN);
            });
        }
    }

    @Test
    void refusesWhoseKeysAreNotListedHoweverOftenTheyTry() throws Exception {
        var files = new CurveFiles(folder);
        try (var bystanders = open(files); var strangers = new ZContext()) {
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int i = 0; i < 10; i++) {
                        ZMQ.Socket socket = strangers.createSocket(SocketType.valueOf(door.peer()));
                        files.use(socket, files.unlisted);
                        socket.setReconnectIVL(10);
                        socket.connect("tcp://127.0.0.1:" + door.port());
                        if (door.peer().equals("SUB")) {
                            socket.subscribe("");
                        }
                    }
                }
                await().atMost(SOON).until(() -> bystanders.refused(ZmqRefusal.KEY) >= 20);
            });
            assertThat(bystanders.isAlone()).isTrue();
        }
    }
}
