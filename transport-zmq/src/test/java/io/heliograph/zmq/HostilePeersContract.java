package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Strangers at every port who mean harm, beside peers who must not notice. */
@Timeout(90)
abstract class HostilePeersContract {

    static final Duration SOON = Duration.ofSeconds(20);
    static final int CUT_MS = 30_000;
    /** Short, so that what waits for them is over soon. */
    static final String IMPATIENT = "&handshake=300ms&evict=3s";
    private static final int GARBAGE = 50;
    private static final int HALF_HANDSHAKES = 400;
    private static final int RECONNECTIONS = 300;
    private static final byte[] KNOCK = RawPeer.frame(0, MessageLayout.header(MessageType.KNOCK, 0, 0, 7));

    abstract Bystanders open(String settings) throws Exception;

    @Test
    void cutsOffGarbage() throws Exception {
        long seed = new Random().nextLong();
        try (Bystanders bystanders = open("")) {
            var random = new Random(seed);
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int i = 0; i < GARBAGE; i++) {
                        try (var peer = new RawPeer(door.port())) {
                            byte[] garbage = new byte[1 + random.nextInt(5_000)];
                            random.nextBytes(garbage);
                            garbage[0] = i % 2 == 0 ? (byte) 0xff : garbage[0];
                            peer.send(garbage);
                        }
                    }
                    try (var peer = new RawPeer(door.port())) {
                        peer.send("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                        assertThat(peer.isCutOff(CUT_MS)).as("seed %d", seed).isTrue();
                    }
                }
            });
            long strangers = (GARBAGE + 1L) * bystanders.doors().size();
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(bystanders.refused(ZmqRefusal.UNPROVEN)).as("seed %d", seed).isEqualTo(strangers));
        }
    }

    @Test
    void cutsOffHundredsOfHalfHandshakesAtOnce() throws Exception {
        try (Bystanders bystanders = open(IMPATIENT)) {
            List<RawPeer> peers = new ArrayList<>();
            long descriptors = openDescriptors();
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int i = 0; i < HALF_HANDSHAKES; i++) {
                        var peer = new RawPeer(door.port());
                        peers.add(peer);
                        // Some say nothing, some stop within the greeting, some behind it.
                        peer.send(i % 3 == 0 ? new byte[0] : i % 3 == 1 ? new byte[] {(byte) 0xff, 0, 0} : RawPeer.greeting("NULL"));
                    }
                }
                for (RawPeer peer : peers) {
                    assertThat(peer.isCutOff(CUT_MS)).isTrue();
                }
            });
            assertThat(openDescriptors() - descriptors).as("those of the test's own ends, and some more").isLessThan(peers.size() + 150);
            for (RawPeer peer : peers) {
                peer.close();
            }
            long strangers = (long) HALF_HANDSHAKES * bystanders.doors().size();
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(bystanders.refused(ZmqRefusal.UNPROVEN) + bystanders.refused(ZmqRefusal.CROWDED))
                            .as("%s; %s", bystanders.refusals(), bystanders.notices.all())
                            // An own subscriber's other connection, at PORT, may be too new to have shown what it is.
                            .isBetween(strangers, strangers + 4));
            assertThat(bystanders.refused(ZmqRefusal.CROWDED)).isPositive();
        }
    }

    private static long openDescriptors() throws IOException {
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.count();
        }
    }

    @Test
    void cutsOffWhoAnnouncesMoreThanThereIsMemory() throws Exception {
        long[] lengths = {1L << 62, Long.MAX_VALUE, -1, Long.MIN_VALUE | 1L << 31, Long.MIN_VALUE | Integer.MAX_VALUE, 1L << 31, 1 << 30, 1 << 22};
        try (Bystanders bystanders = open("")) {
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (long length : lengths) {
                        try (var early = new RawPeer(door.port()); var late = RawPeer.greeted(door.port(), door.peer())) {
                            early.send(RawPeer.greeting("NULL"));
                            early.send(RawPeer.announcement(length));
                            assertThat(early.isCutOff(CUT_MS)).as("early %x", length).isTrue();
                            late.send(RawPeer.pong());
                            late.send(RawPeer.announcement(length));
                            assertThat(late.isCutOff(CUT_MS)).as("late %x", length).isTrue();
                        }
                    }
                }
            });
            long strangers = (long) lengths.length * bystanders.doors().size();
            await().atMost(SOON).untilAsserted(() -> {
                assertThat(bystanders.refused(ZmqRefusal.BROKEN)).isEqualTo(strangers);
                assertThat(bystanders.refused(ZmqRefusal.UNPROVEN)).isEqualTo(strangers);
            });
        }
    }

    @Test
    void cutsOffHeartbeatsThatAreTooShort() throws Exception {
        try (Bystanders bystanders = open("")) {
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int length = 5; length < 7; length++) {
                        try (var peer = RawPeer.greeted(door.port(), door.peer())) {
                            peer.send(RawPeer.frame(RawPeer.COMMAND, Arrays.copyOf(new byte[] {4, 'P', 'I', 'N', 'G'}, length)));
                            assertThat(peer.isCutOff(CUT_MS)).isTrue();
                        }
                    }
                }
            });
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(bystanders.refused(ZmqRefusal.BROKEN)).isEqualTo(2L * bystanders.doors().size()));
        }
    }

    @Test
    void cutsOffMessagesOfAHundredThousandParts() throws Exception {
        try (Bystanders bystanders = open("")) {
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    try (var peer = RawPeer.greeted(door.port(), door.peer())) {
                        byte[] part = RawPeer.frame(RawPeer.MORE, new byte[] {1, 'a'});
                        var message = new ByteArrayOutputStream();
                        for (int i = 0; i < 100_000; i++) {
                            message.writeBytes(part);
                        }
                        peer.send(message.toByteArray());
                        assertThat(peer.isCutOff(CUT_MS)).isTrue();
                    }
                }
            });
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(bystanders.refused(ZmqRefusal.STRANGE)).isEqualTo(bystanders.doors().size()));
        }
    }

    @Test
    void cutsOffWhoTakesAnothersName() throws Exception {
        try (Bystanders bystanders = open("")) {
            bystanders.endure(() -> {
                for (Bystanders.Door door : bystanders.doors()) {
                    for (int i = 0; i < 20; i++) {
                        byte[] name = {0, 0, 0, 0, (byte) (i / 2)};
                        try (var peer = RawPeer.greeted(door.port(), door.peer(), name)) {
                            peer.send(RawPeer.pong());
                            assertThat(peer.isCutOff(CUT_MS)).isTrue();
                        }
                    }
                }
            });
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(bystanders.refused(ZmqRefusal.STRANGE)).isEqualTo(20L * bystanders.doors().size()));
        }
    }

    @Test
    void cutsOffWhoNeverReads() throws Exception {
        try (Bystanders bystanders = open(IMPATIENT)) {
            bystanders.endure(() -> {
                List<RawPeer> peers = new ArrayList<>();
                for (Bystanders.Door door : bystanders.doors()) {
                    var peer = RawPeer.greeted(door.port(), door.peer());
                    peers.add(peer);
                    peer.send(door.peer().equals("SUB") ? RawPeer.subscription(new byte[0]) : RawPeer.pong());
                    if (door.equals(bystanders.ownDoor())) {
                        peer.send(KNOCK);
                    }
                }
                await().atMost(SOON).until(() -> bystanders.isAlone()
                        && bystanders.refused(ZmqRefusal.SILENT) + bystanders.refused(ZmqRefusal.BROKEN) == peers.size());
                for (RawPeer peer : peers) {
                    peer.close();
                }
            });
        }
    }

    @Test
    void bearsHundredsOfReconnections() throws Exception {
        try (Bystanders bystanders = open("")) {
            bystanders.endure(() -> {
                long descriptors = openDescriptors();
                for (int i = 0; i < RECONNECTIONS; i++) {
                    for (Bystanders.Door door : bystanders.doors()) {
                        try (var peer = RawPeer.greeted(door.port(), door.peer())) {
                            peer.send(door.peer().equals("SUB") ? RawPeer.subscription(new byte[] {'r'}) : RawPeer.pong());
                        }
                    }
                }
                await().atMost(SOON).until(() -> openDescriptors() < descriptors + 20);
            });
            await().atMost(SOON).until(bystanders::isAlone);
        }
    }
}
