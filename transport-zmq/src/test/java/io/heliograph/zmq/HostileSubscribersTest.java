package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** At the ports of a publisher: see {@link HostilePeersContract}; and what only subscriptions can do. */
class HostileSubscribersTest extends HostilePeersContract {

    @Override
    FanOutBystanders open(String settings) throws Exception {
        return new FanOutBystanders(settings);
    }

    @Test
    void ignoresSubscriptionsThatNoTopicBeginsWith() throws Exception {
        try (var bystanders = open("")) {
            bystanders.endure(() -> {
                try (var peer = RawPeer.greeted(bystanders.plainDoor().port(), "SUB")) {
                    peer.send(RawPeer.subscription(new byte[900]));
                    peer.send(RawPeer.subscription(new byte[] {(byte) 0xc3, (byte) 0x28, (byte) 0xff}));
                    peer.send(RawPeer.subscription("a topic".getBytes(StandardCharsets.US_ASCII)));
                    // The empty one is all there is.
                    peer.send(RawPeer.subscription(new byte[0]));
                    await().atMost(SOON).until(() -> bystanders.publisher().subscribers() == 3);
                }
                await().atMost(SOON).until(() -> bystanders.isAlone());
            });
            assertThat(bystanders.refused(ZmqRefusal.PREFIX)).isEqualTo(3);
        }
    }

    @Test
    void cutsOffATopicOfEightKilobytes() throws Exception {
        try (var bystanders = open("")) {
            bystanders.endure(() -> {
                try (var peer = RawPeer.greeted(bystanders.plainDoor().port(), "SUB")) {
                    peer.send(RawPeer.pong());
                    peer.send(RawPeer.subscription(new byte[8_000]));
                    assertThat(peer.isCutOff(CUT_MS)).isTrue();
                }
            });
            await().atMost(SOON).untilAsserted(() -> assertThat(bystanders.refused(ZmqRefusal.BROKEN)).isEqualTo(1));
        }
    }

    @Test
    void cutsOffWhoSubscribesAHundredThousandTimes() throws Exception {
        try (var bystanders = open("")) {
            bystanders.endure(() -> {
                try (var peer = RawPeer.greeted(bystanders.plainDoor().port(), "SUB")) {
                    var subscriptions = new ByteArrayOutputStream();
                    for (int i = 0; i < 100_000; i++) {
                        subscriptions.writeBytes(RawPeer.subscription(("many." + i).getBytes(StandardCharsets.US_ASCII)));
                    }
                    peer.send(subscriptions.toByteArray());
                    assertThat(peer.isCutOff(CUT_MS)).isTrue();
                }
                await().atMost(SOON).until(() -> bystanders.isAlone());
            });
            assertThat(bystanders.refused(ZmqRefusal.SUBSCRIPTIONS)).isEqualTo(1);
        }
    }

    @Test
    void forgetsSubscriptionsOnlyOfWhoHadThem() throws Exception {
        try (var bystanders = open("")) {
            bystanders.endure(() -> {
                try (var peer = RawPeer.greeted(bystanders.plainDoor().port(), "SUB")) {
                    byte[] prefix = "numbers".getBytes(StandardCharsets.US_ASCII);
                    byte[] unsubscription = RawPeer.frame(0, "\0numbers".getBytes(StandardCharsets.US_ASCII));
                    for (int i = 0; i < 100; i++) {
                        peer.send(unsubscription);
                    }
                    peer.send(RawPeer.subscription(prefix));
                    peer.send(RawPeer.subscription(prefix));
                    peer.send(unsubscription);
                    peer.send(unsubscription);
                    bystanders.publisher().awaitSubscribers(2, SOON);
                }
            });
        }
    }

}
