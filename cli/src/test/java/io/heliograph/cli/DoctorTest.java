package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.cli.Check.State;
import io.heliograph.cli.UdpExamination.Family;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DoctorTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private DoctorCommand doctor(Terminal terminal, Check... checks) {
        var console = new Console(InputStream.nullInputStream(), out, new PrintStream(out), terminal);
        return new DoctorCommand(console, List.of(checks).stream().<Examination.Look>map(check -> () -> check).toList());
    }

    @Test
    void examinesThisMachineForReal() {
        Invocation invocation = Invocation.of("doctor");

        assertThat(invocation.code()).isZero();
        assertThat(invocation.lines().stream().filter(line -> !line.startsWith("      -> "))).hasSize(10)
                .allMatch(line -> line.startsWith("ok    ") || line.startsWith("warn  "));
        assertThat(invocation.lines()).anyMatch(line -> line.startsWith("ok    multicast IPv4: a datagram to 239."));
    }

    @Test
    void failsIfOneThingFails() throws IOException, InterruptedException {
        int code = doctor(Terminal.NONE, Check.ok("a", "fine"), Check.fail("b", "broken", "mend it"),
                Check.warn("c", "so so", "improve it")).call();

        assertThat(code).isEqualTo(ExitCode.ENVIRONMENT);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                ok    a: fine
                fail  b: broken
                      -> mend it
                warn  c: so so
                      -> improve it
                """);
    }

    @Test
    void succeedsWithWarnings() throws IOException, InterruptedException {
        assertThat(doctor(Terminal.NONE, Check.warn("c", "so so", "improve it")).call()).isZero();
    }

    @Test
    void writesOneJsonObjectALine() throws IOException, InterruptedException {
        DoctorCommand doctor = doctor(new Terminal(true, true, true, true), Check.fail("b", "a \"quote\"\n", "mend it"));
        doctor.isJson = true;

        doctor.call();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(
                "{\"check\":\"b\",\"state\":\"fail\",\"found\":\"a \\\"quote\\\"\\n\",\"remedy\":\"mend it\"}\n");
    }

    @Test
    void coloursOnlyForAPersonWhoWantsIt() throws IOException, InterruptedException {
        doctor(new Terminal(true, true, true, true), Check.ok("a", "fine")).call();
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("\u001b[32m");

        out.reset();
        doctor(new Terminal(true, true, true, false), Check.ok("a", "fine")).call();
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("ok    a: fine\n");
    }

    @Test
    void seesThatAPortIsTaken() throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (var web = new ServerSocket(0, 1, loopback);
                var statsd = new DatagramSocket(new InetSocketAddress(loopback, 0))) {
            assertThat(Examination.webPort(web.getLocalPort()).state()).isEqualTo(State.WARN);
            assertThat(Examination.statsdPort(statsd.getLocalPort())).satisfies(check -> {
                assertThat(check.state()).isEqualTo(State.WARN);
                assertThat(check.found()).contains("in use");
                assertThat(check.remedy()).contains("--statsd-port");
            });
        }
    }

    @Test
    void namesTheSettingThatKeepsBuffersSmall() {
        assertThat(UdpExamination.buffer("send buffer", "wmem_max", 4 << 20).state()).isEqualTo(State.OK);
        assertThat(UdpExamination.buffer("receive buffer", "rmem_max", 212_992)).satisfies(check -> {
            assertThat(check.state()).isEqualTo(State.WARN);
            assertThat(check.found()).contains("granted 212992");
            assertThat(check.remedy()).contains("sysctl -w net.core.rmem_max=4194304", "/etc/sysctl.d/");
        });
    }

    @Test
    void tellsWhatToDoWithoutMulticast() {
        Check check = new UdpExamination("nosuch0").multicast(Family.IPV4);

        assertThat(check.state()).isEqualTo(State.FAIL);
        assertThat(check.found()).contains("'nosuch0'");
        assertThat(check.remedy()).contains("ip link set nosuch0 up multicast on", "udp://127.0.0.1:PORT");
    }

    @Test
    void onlyWarnsWhereIpv6GroupsCannotBeUsed() {
        Check check = new UdpExamination("loopback").multicast(Family.IPV6);

        assertThat(check.state()).isNotEqualTo(State.FAIL);
        assertThat(check.found()).contains("ff");
        if (check.state() == State.WARN) {
            assertThat(check.remedy()).containsPattern("ip -6 route add local ff00::/8 dev lo table local|disable_ipv6=0");
        }
    }

    @Test
    void refusesAnInterfaceThatIsNotThere() {
        Invocation doctor = Invocation.of("doctor", "--interface", "nosuch0");

        assertThat(doctor.code()).isEqualTo(ExitCode.USAGE);
        assertThat(doctor.messages()).singleElement().asString().contains("interface 'nosuch0'", "lo");
    }

    @Test
    void tellsWhyDatagramsDoNotTravelInTrains() {
        assertThat(UdpExamination.trains(8, List.of()).state()).isEqualTo(State.OK);
        assertThat(UdpExamination.trains(1, List.of("datagrams arrive singly")).state()).isEqualTo(State.WARN);
        assertThat(UdpExamination.trains(1, List.of("datagrams arrive singly")).found()).endsWith("in one call: datagrams arrive singly");
        assertThat(UdpExamination.portable("native access is denied").remedy()).contains("--enable-native-access=ALL-UNNAMED");
        assertThat(UdpExamination.portable("native sockets need Linux").remedy()).contains("nothing breaks");
    }

    @Test
    void readsWhatTheKernelDropped() {
        KernelCounts counts = KernelCounts.read(List.of("Tcp: A B", "Tcp: 1 2",
                "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors", "Udp: 20000 5 7 30 3"));

        assertThat(counts).isEqualTo(new KernelCounts(20_000, 3));
        assertThat(counts.judge().state()).isEqualTo(State.WARN);
        assertThat(counts.judge().remedy()).contains("buffer=16MiB");
        assertThat(new KernelCounts(20_000, 2).judge().state()).isEqualTo(State.OK);
        assertThat(KernelCounts.read6(List.of("Udp6InDatagrams   \t12", "Udp6RcvbufErrors \t 4"))).isEqualTo(new KernelCounts(12, 4));
    }

    @Test
    void wantsTheJavaItIsBuiltFor() {
        assertThat(Examination.java(25).state()).isEqualTo(State.OK);
        assertThat(Examination.java(24).state()).isEqualTo(State.FAIL);
        assertThat(Examination.nativeAccess(false).state()).isEqualTo(State.WARN);
    }
}
