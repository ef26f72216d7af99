package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Heliograph;
import io.heliograph.discovery.Beacon;
import io.heliograph.discovery.MalformedBeacon;
import io.heliograph.discovery.Peer;
import io.heliograph.discovery.PeerCounters;
import io.heliograph.spi.Interfaces;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code doctor --peers}: who announces itself, over real multicast on the loopback interface. */
class DoctorPeersTest {

    /** Longer than the longest wait from one beacon to the next. */
    private static final String A_WHILE = "1200ms";

    @TempDir
    Path folder;

    private String place;
    private String group;

    @BeforeEach
    void takeFreePorts() throws IOException {
        place = "udp://239.77.1.8:" + freePort();
        group = "239.77.1.9:" + freePort();
    }

    @Test
    void listsAnotherProcessWhileItLives() throws Exception {
        try (var children = new Children()) {
            Child pub = children.start(folder, "pub", place + "?announce=prices&announce-topics=prices.>&announce-group=" + group);
            pub.awaitThread("heliograph-announcer prices");
            Invocation during = Invocation.of("doctor", "--peers", "--group", group);
            pub.process().getOutputStream().close();
            assertThat(pub.exitCode()).isZero();
            Invocation after = Invocation.of("doctor", "--peers", "--group", group, "--duration", A_WHILE);

            assertThat(during.code()).isZero();
            assertThat(during.lines()).singleElement().asString()
                    .matches("prices  " + place + "  topics prices\\.>  from 127\\.0\\.0\\.1:[0-9]+");
            assertThat(during.messages()).containsExactly("doctor: listening at " + group + " on " + Interfaces.named("loopback").getName() + " for 2s",
                    "doctor: 1 peer announces itself");
            assertThat(pub.messages().getLast()).startsWith("ledger: {\"role\":\"publisher\"").endsWith("\"difference\":0}");
            assertThat(after.code()).isZero();
            assertThat(after.lines()).isEmpty();
            assertThat(after.messages().getLast())
                    .isEqualTo("doctor: 0 peers announce themselves; an address does where it says announce=NAME");
        }
    }

    @Test
    void writesOneJsonObjectAPeer() {
        try (var prices = Heliograph.publisher(place + "?announce=prices&announce-group=" + group);
                var orders = Heliograph.publisher(place + "?announce=orders&announce-topics=a,b.*&announce-group=" + group)) {
            Invocation doctor = Invocation.of("doctor", "--peers", "--group", group, "--duration", A_WHILE, "--json");

            assertThat(doctor.lines()).hasSize(2);
            assertThat(doctor.lines().getFirst()).startsWith("{\"name\":\"orders\",\"addresses\":[\"" + place
                    + "\"],\"topics\":[\"a\",\"b.*\"],\"source\":\"127.0.0.1:");
            assertThat(doctor.lines().getLast()).startsWith("{\"name\":\"prices\",\"addresses\":[\"" + place + "\"],\"topics\":[],");
            assertThat(List.of(prices.sums(), orders.sums())).allMatch(sums -> sums.difference() == 0);
        }
    }

    @Test
    void endsOnCtrlCWithWhatItHeard() {
        Invocation doctor = Invocation.start("doctor", "--peers", "--group", group, "--duration", "1h")
                .awaitMessage("listening").stop(Stop.Cause.INTERRUPT);

        assertThat(doctor.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(doctor.messages().getLast()).startsWith("doctor: 0 peers");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "doctor --duration 2s                  | --duration '2s': allowed is nothing without --peers",
        "doctor --group 239.1.1.1:1            | --group '239.1.1.1:1': allowed is nothing without --peers",
        "doctor --peers --group 127.0.0.1:1    | --group '127.0.0.1:1': allowed is an IPv4 multicast group",
        "doctor --peers --duration 0s          | --duration '0s': allowed is more than 0",
        "doctor --peers --interface nosuch0    | interface 'nosuch0': allowed is loopback"})
    void refusesWhatItCannotDo(String line, String message) {
        Invocation doctor = Invocation.of(line.split(" "));

        assertThat(doctor.code()).isEqualTo(ExitCode.USAGE);
        assertThat(doctor.messages()).singleElement().asString().contains(message);
    }

    @Test
    void tellsWhatElseCame() {
        var counters = new PeerCounters(9, 4, 0, 0, Map.of(MalformedBeacon.FOREIGN, 2L, MalformedBeacon.TOO_SHORT, 1L));

        assertThat(PeerList.summary(2, counters)).isEqualTo("2 peers announce themselves; datagrams that are no beacons: 3;"
                + " beacons that the full table had no place for: 4");
    }

    @Test
    void namesEveryAddressOfAPeer() {
        var beacon = new Beacon(1, "prices", List.of("zmq://127.0.0.1:5555", "udp://239.77.1.1:4770"), List.of(), 3_000);
        var peer = new Peer(beacon, new InetSocketAddress(InetAddress.ofLiteral("192.0.2.7"), 4_000), Duration.ZERO);

        assertThat(PeerList.text(peer)).isEqualTo("prices  zmq://127.0.0.1:5555 udp://239.77.1.1:4770  from 192.0.2.7:4000");
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }
}
