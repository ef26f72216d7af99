package io.heliograph.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NetworkNamespacesTest {

    private static final Duration SOON = Duration.ofSeconds(20);

    @Test
    @Tag("net")
    void joinsHostsAndLeavesNothingBehind() throws InterruptedException {
        String namespace;
        ChildProcess child;
        try (var network = NetworkNamespaces.ofHosts(2)) {
            namespace = network.host(0).namespace();
            child = network.host(0).start(List.of("sleep", "1000"));
            assertThat(namespaces()).contains(namespace);
            assertThat(network.host(0).run("ip", "-br", "addr", "show", "dev", "e0")).contains("10.77.0.1/24").contains("fd77::1/64");
            assertThat(network.host(1).run("bash", "-c", "exec 3<>/dev/tcp/10.77.0.1/9 || true")).isEmpty();
            assertThat(network.host(1).run("ip", "neigh", "show", "10.77.0.1")).as("it has answered").contains("lladdr");
        }
        assertThat(namespaces()).doesNotContain(namespace);
        assertThat(child.awaitEnd(SOON)).isNotZero();
    }

    @Test
    @Tag("net")
    void removesWhatItMadeAlsoWhenAStepFails() {
        try (var network = NetworkNamespaces.ofOneAlone()) {
            assertThatThrownBy(() -> network.host(0).cutOutgoing(Flow.all())).hasMessageContaining("alone");
            assertThatThrownBy(() -> network.host(0).run("ip", "no-such-thing")).hasMessageContaining("no-such-thing");
            assertThatThrownBy(() -> network.host(0).cutIncoming(new Flow("no match"))).hasMessageContaining("no match");
            assertThat(network.host(0).packetsStruck()).isZero();
        }
        assertThat(namespaces()).doesNotContain("hg" + ProcessHandle.current().pid() + "-");
    }

    /** The end of the JVM removes it too, on a thread of its own, while a test may be at it. */
    @Test
    @Tag("net")
    void leavesNothingBehindWhenTwoThreadsRemoveItAtOnce() throws Exception {
        for (int round = 0; round < 5; round++) {
            var network = NetworkNamespaces.ofOneAlone();
            for (int i = 0; i < 20; i++) {
                network.host(0).start(List.of("sleep", "1000"));
            }
            var other = CompletableFuture.runAsync(network::close);
            network.close();
            other.get(SOON.toSeconds(), TimeUnit.SECONDS);
            assertThat(namespaces()).doesNotContain(network.host(0).namespace());
        }
    }

    @Test
    @Tag("net")
    void countsWhatAHealedCutTook() throws InterruptedException {
        try (var network = NetworkNamespaces.ofOneAlone()) {
            NetworkHost host = network.host(0);
            host.cutIncoming(Flow.to(new InetSocketAddress("127.0.0.1", 9)));
            host.cutIncoming(Flow.toPort(10));
            for (int port : List.of(9, 10, 11)) {
                host.run("bash", "-c", "echo x >/dev/udp/127.0.0.1/" + port);
            }
            assertThat(host.packetsStruck()).isEqualTo(2);
            host.heal();
            host.run("bash", "-c", "echo x >/dev/udp/127.0.0.1/9");
            assertThat(host.packetsStruck()).isEqualTo(2);
        }
    }

    @Test
    void namesThePackageOfACommandThatIsMissing() {
        assertThatThrownBy(() -> SystemCommand.require("no-such-command", "nftables"))
                .hasMessageContaining("no-such-command").hasMessageContaining("Debian package nftables");
    }

    @Test
    void tellsWhatAChildSaidWhenALineDoesNotCome() throws InterruptedException {
        try (var child = ChildProcess.start(List.of("cat"))) {
            assertThat(child.ask("one", SOON)).isEqualTo("one");
            assertThatThrownBy(() -> child.awaitLine(line -> line.equals("two"), Duration.ofMillis(10)))
                    .isInstanceOf(AssertionError.class).hasMessageContaining("one").hasMessageContaining("PT0.01S");
            assertThatThrownBy(() -> child.awaitEnd(Duration.ofMillis(10))).isInstanceOf(AssertionError.class);
        }
        try (var child = ChildProcess.start(List.of("false"))) {
            assertThatThrownBy(() -> child.awaitLine(line -> true, SOON)).hasMessageContaining("ended with 1");
            assertThat(child.awaitEnd(SOON)).isEqualTo(1);
        }
    }

    private static String namespaces() {
        return SystemCommand.run("", List.of(SystemCommand.require("ip", "iproute2"), "netns", "list"));
    }
}
