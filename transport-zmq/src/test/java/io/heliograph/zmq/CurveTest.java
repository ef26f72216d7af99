package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Address;
import io.heliograph.spi.Environment;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** Keys, who is let in with them, and what an address may say. */
@Timeout(60)
class CurveTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final FlowPolicy PATIENT = FlowPolicy.backPressure(Limit.DEFAULT, SOON);

    @TempDir
    private Path folder;

    private final ZmqKeys server = ZmqKeys.generate();
    private final ZmqKeys listed = ZmqKeys.generate();
    private final ZmqKeys unlisted = ZmqKeys.generate();

    private String keyFile(ZmqKeys keys) throws IOException {
        Path file = folder.resolve(Integer.toUnsignedString(keys.hashCode()) + ".key");
        if (!Files.exists(file)) {
            keys.write(file);
        }
        return file.toString();
    }

    private String allowFile(String... lines) throws IOException {
        Path file = folder.resolve("allowed");
        Files.write(file, List.of(lines));
        return file.toString();
    }

    private static ZmqConfig binding(String text) {
        return ZmqConfig.of(Address.parse(text), ZmqConfig.Side.BINDING);
    }

    private static ZmqConfig connecting(String text) {
        return ZmqConfig.of(Address.parse(text), ZmqConfig.Side.CONNECTING);
    }

    private static String encoded(String key) {
        return URLEncoder.encode(key, StandardCharsets.UTF_8);
    }

    @Test
    void letsInListedKeysOnly() throws Exception {
        String address = Ports.freshAddress();
        String allowed = allowFile("# who may listen", "", listed.publicKey() + "  the one");
        String asServer = address + "&curve-key-file=" + keyFile(server) + "&curve-allow-file=" + allowed;
        String toServer = "&curve-server-key=" + encoded(server.publicKey());
        Environment environment = Environment.system();
        try (var publisher = ZmqPublisher.open(binding(asServer), PATIENT, environment);
                var friend = ZmqSubscriber.open(connecting(address + "&curve-key-file=" + keyFile(listed) + toServer), environment);
                var stranger = ZmqSubscriber.open(connecting(address + "&curve-key-file=" + keyFile(unlisted) + toServer), environment);
                var open = ZmqSubscriber.open(connecting(address), environment);
                var foreign = new ZContext()) {
            var received = new Received();
            Subscription subscription = friend.subscribe(">", received);
            var refused = new Received();
            stranger.subscribe(">", refused);
            open.subscribe(">", refused);
            ZMQ.Socket socket = foreign.createSocket(SocketType.SUB);
            socket.setCurvePublicKey(listed.publicBytes());
            socket.setCurveSecretKey(listed.secretBytes());
            socket.setCurveServerKey(server.publicBytes());
            socket.setReceiveTimeOut((int) SOON.toMillis());
            socket.connect("tcp://127.0.0.1:" + Ports.plain(address));
            socket.subscribe("numbers");
            assertThat(publisher.awaitSubscribers(2, SOON)).isTrue();
            await().atMost(SOON).until(() -> publisher.counters().refusals().getOrDefault(ZmqRefusal.KEY, 0L) > 0
                    && publisher.counters().refusals().getOrDefault(ZmqRefusal.UNPROVEN, 0L) > 0);
            for (int i = 0; i < 1_000; i++) {
                assertThat(publisher.publish(Event.of("numbers", Integer.toString(i)))).isEqualTo(PublishResult.ACCEPTED);
            }
            await().atMost(SOON).until(() -> received.count() == 1_000);
            for (int i = 0; i < 1_000; i++) {
                assertThat(socket.recvStr()).isEqualTo("numbers");
                assertThat(socket.recvStr()).isEqualTo(Integer.toString(i));
            }
            assertThat(subscription.sums().difference()).isZero();
            assertThat(subscription.sums().delivered()).isEqualTo(1_000);
            assertThat(refused.count()).isZero();
            assertThat(publisher.sums().difference()).isZero();
            assertThat(publisher.subscribers()).isEqualTo(2);
        }
    }

    @Test
    void letsInAnyKeyWhereTheAddressSaysSo() throws Exception {
        String address = Ports.freshAddress();
        String serverFile = folder.resolve("server.pub").toString();
        Files.writeString(Path.of(serverFile), server.publicKey() + "\n");
        try (var publisher = ZmqPublisher.open(binding(address + "&curve-key-file=" + keyFile(server) + "&curve-allow=any"), PATIENT,
                        Environment.system());
                var subscriber = ZmqSubscriber.open(connecting(address + "&curve-key-file=" + keyFile(unlisted)
                        + "&curve-server-key-file=" + serverFile), Environment.system())) {
            var received = new Received();
            subscriber.subscribe(">", received);
            assertThat(publisher.awaitSubscribers(1, SOON)).isTrue();
            publisher.publish("numbers", "1");
            await().atMost(SOON).until(() -> received.count() == 1);
        }
    }

    @Test
    void cutsOffHalfHandshakesWithKeysToo() throws Exception {
        String address = Ports.freshAddress() + "&handshake=300ms&evict=1s";
        try (var publisher = ZmqPublisher.open(binding(address + "&curve-key-file=" + keyFile(server) + "&curve-allow=any"), PATIENT,
                        Environment.system());
                var plain = new RawPeer(Ports.plain(address)); var own = new RawPeer(Ports.own(address))) {
            plain.send(RawPeer.greeting("CURVE"));
            own.send(RawPeer.greeting("CURVE"));
            own.send(RawPeer.frame(RawPeer.COMMAND, new byte[200]));
            assertThat(plain.isCutOff(10_000)).isTrue();
            assertThat(own.isCutOff(10_000)).isTrue();
            await().atMost(SOON).untilAsserted(() ->
                    assertThat(publisher.counters().refusals()).isEqualTo(Map.of(ZmqRefusal.UNPROVEN, 2L)));
        }
    }

    @Test
    void isTheKeyPairThatZeroMQMakes() {
        ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
        assertThat(Z85.encode(ZMQ.Curve.z85Decode(pair.publicKey))).isEqualTo(pair.publicKey);
        assertThat(Z85.decode(pair.secretKey, ZmqKeys.BYTES).orElseThrow()).isEqualTo(ZMQ.Curve.z85Decode(pair.secretKey));
        assertThat(Z85.decode("\"" + pair.secretKey.substring(1), ZmqKeys.BYTES)).isEmpty();
        assertThat(Z85.decode("#".repeat(40), ZmqKeys.BYTES)).as("more than 32 bits").isEmpty();
    }

    @Test
    void readsTheSecretKeyThatZeroMQMakes() throws Exception {
        ZMQ.Curve.KeyPair pair = ZMQ.Curve.generateKeyPair();
        Path file = folder.resolve("made.key");
        Files.writeString(file, "# made elsewhere\n" + pair.secretKey + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(ZmqKeys.read(file.toString()).publicKey()).isEqualTo(pair.publicKey);
    }

    @Test
    void writesASecretForItsOwnerAloneAndNeverOverAnother() throws Exception {
        Path file = folder.resolve("own.key");
        server.write(file);
        assertThat(Files.getPosixFilePermissions(file)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(ZmqKeys.read(file.toString())).isEqualTo(server);
        assertThatThrownBy(() -> listed.write(file)).isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void showsNoSecret() throws Exception {
        Path file = Path.of(keyFile(server));
        String secret = Files.readString(file).strip();
        ZmqConfig config = binding(Ports.freshAddress() + "&curve-key-file=" + file + "&curve-allow=any");
        assertThat(config.toString()).doesNotContain(secret).contains(server.publicKey());
        Files.writeString(file, secret.substring(1) + "\n");
        assertThatThrownBy(() -> ZmqKeys.read(file.toString())).isInstanceOf(ConfigException.class)
                .hasMessageContaining("line 1").hasMessageNotContaining(secret.substring(1));
    }

    @Test
    void refusesASecretThatOthersMayRead() throws Exception {
        Path file = Path.of(keyFile(server));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        assertThatThrownBy(() -> ZmqKeys.read(file.toString())).isInstanceOf(ConfigException.class).hasMessageContaining("chmod 600");
    }

    @Test
    void refusesAListThatOthersMayChangeOrThatIsEmpty() throws Exception {
        String empty = allowFile("# nobody yet");
        assertThatThrownBy(() -> CurveAllowed.read(empty)).isInstanceOf(ConfigException.class).hasMessageContaining("lists none");
        String file = allowFile(listed.publicKey());
        Files.setPosixFilePermissions(Path.of(file), PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> CurveAllowed.read(file)).isInstanceOf(ConfigException.class).hasMessageContaining("may change");
    }

    @Test
    void refusesSettingsThatContradictEachOther() throws Exception {
        String own = "&curve-key-file=" + keyFile(server);
        String there = "&curve-server-key=" + encoded(server.publicKey());
        String any = "&curve-allow=any";
        String address = Ports.freshAddress();
        for (String settings : new String[] {own, any, own + any + there, own + "&curve-allow=all",
                own + any + "&curve-allow-file=" + allowFile(listed.publicKey())}) {
            assertThatThrownBy(() -> binding(address + settings)).as(settings).isInstanceOf(ConfigException.class);
        }
        for (String settings : new String[] {own, there, own + there + any, own + "&curve-server-key=short"}) {
            assertThatThrownBy(() -> connecting(address + settings)).as(settings).isInstanceOf(ConfigException.class);
        }
        assertThatThrownBy(() -> binding("zmq+inproc://x?curve-allow=any")).isInstanceOf(ConfigException.class);
    }

    @Test
    void refusesToBeReachedFromElsewhereWithoutKeysUnlessTold() throws Exception {
        for (String host : new String[] {"0.0.0.0", "192.0.2.1", "*", "[::]", "127.0.0.1:5,192.0.2.1", "no.such.host.invalid"}) {
            String address = "zmq://" + host + ":5555";
            assertThatThrownBy(() -> binding(address)).as(address).isInstanceOf(ConfigException.class).hasMessageContaining("insecure=true");
            assertThatThrownBy(() -> connecting(address)).as(address).isInstanceOf(ConfigException.class);
            assertThat(binding(address + "?insecure=true").security()).isEqualTo(new ZmqSecurity.Open());
            assertThat(binding(address + "?curve-allow=any&curve-key-file=" + keyFile(server)).security())
                    .isInstanceOf(ZmqSecurity.Serving.class);
        }
        assertThat(binding("zmq://localhost:5555").security()).isEqualTo(new ZmqSecurity.Open());
    }
}
