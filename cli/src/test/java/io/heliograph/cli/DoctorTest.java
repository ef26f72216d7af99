package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.cli.Check.State;
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
        assertThat(invocation.lines().stream().filter(line -> !line.startsWith("      -> "))).hasSize(6)
                .allMatch(line -> line.startsWith("ok    ") || line.startsWith("warn  "));
        assertThat(invocation.lines()).anyMatch(line -> line.startsWith("ok    multicast: a datagram to 239."));
    }

    @Test
    void failsIfOneThingFails() throws IOException {
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
    void succeedsWithWarnings() throws IOException {
        assertThat(doctor(Terminal.NONE, Check.warn("c", "so so", "improve it")).call()).isZero();
    }

    @Test
    void writesOneJsonObjectALine() throws IOException {
        DoctorCommand doctor = doctor(new Terminal(true, true, true, true), Check.fail("b", "a \"quote\"\n", "mend it"));
        doctor.isJson = true;

        doctor.call();

        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(
                "{\"check\":\"b\",\"state\":\"fail\",\"found\":\"a \\\"quote\\\"\\n\",\"remedy\":\"mend it\"}\n");
    }

    @Test
    void coloursOnlyForAPersonWhoWantsIt() throws IOException {
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
        assertThat(Examination.buffers(4 << 20).state()).isEqualTo(State.OK);
        assertThat(Examination.buffers(212_992)).satisfies(check -> {
            assertThat(check.state()).isEqualTo(State.WARN);
            assertThat(check.found()).contains("granted 212992 bytes");
            assertThat(check.remedy()).contains("sysctl -w net.core.rmem_max=4194304");
        });
    }

    @Test
    void tellsWhatToDoWithoutMulticast() {
        Check check = Examination.multicast(address -> {
            throw new IOException("no such device");
        });

        assertThat(check.state()).isEqualTo(State.FAIL);
        assertThat(check.found()).isEqualTo("no such device");
        assertThat(check.remedy()).contains("ip link set lo multicast on").contains("udp://127.0.0.1:PORT");
    }

    @Test
    void wantsTheJavaItIsBuiltFor() {
        assertThat(Examination.java(25).state()).isEqualTo(State.OK);
        assertThat(Examination.java(24).state()).isEqualTo(State.FAIL);
        assertThat(Examination.nativeAccess(false).state()).isEqualTo(State.WARN);
    }
}
