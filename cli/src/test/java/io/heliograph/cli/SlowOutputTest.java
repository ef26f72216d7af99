package io.heliograph.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heliograph.Heliograph;
import io.heliograph.Publisher;
import io.heliograph.cli.Stop.Cause;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.lang.Thread.State;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens when the reader of a command's output is slow, gone, or the command is told to stop. */
class SlowOutputTest {

    /** As long as what {@code sub} collects before it writes, so that each such event is written at once. */
    private static final String LONG = "x".repeat(64 << 10);

    private final String address = "local:" + UUID.randomUUID();

    /** Takes nothing until it is opened. */
    private static final class Valve extends OutputStream {
        private final CountDownLatch opened = new CountDownLatch(1);
        private final CountDownLatch reached = new CountDownLatch(1);
        private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            reached.countDown();
            try {
                opened.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            taken.write(bytes, from, length);
        }
    }

    /** Fails from the second write on. */
    private static final class Failing extends OutputStream {
        private final String message;
        private int writes;

        Failing(String message) {
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int from, int length) throws IOException {
            writes++;
            if (writes > 1) {
                throw new IOException(message);
            }
        }
    }

    private Invocation listenInto(OutputStream sink, String... policy) {
        String[] arguments = new String[policy.length + 2];
        arguments[0] = "sub";
        arguments[1] = address;
        System.arraycopy(policy, 0, arguments, 2, policy.length);
        return Invocation.startInto(sink, arguments).awaitMessage("listening");
    }

    @Test
    void endsQuietlyWhenTheReaderHasGone() {
        Invocation sub = listenInto(new Failing("Broken pipe"));

        Invocation.of("pub", address, "x", "--count", "50", "--rate", "500");

        assertThat(sub.code()).isZero();
        assertThat(sub.messages()).hasSize(2);
        assertThat(sub.ledger()).contains("\"failed\":1");
    }

    @Test
    void saysWhyItsOutputFailed() {
        Invocation sub = listenInto(new Failing("No space left on device"));

        Invocation.of("pub", address, "x", "--count", "50", "--rate", "500");

        assertThat(sub.code()).isEqualTo(ExitCode.FAILED);
        assertThat(sub.errors()).contains("sub: standard output: No space left on device");
    }

    @Test
    void printsWhatItHasTakenInBeforeItObeysSigterm() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve);
        Invocation.of("pub", address, "x");
        valve.reached.await();
        Invocation.of("pub", address, "x", "--count", "9");

        sub.stop(Cause.TERMINATE);
        valve.opened.countDown();

        assertThat(sub.code()).isZero();
        assertThat(valve.taken.toString(StandardCharsets.UTF_8)).isEqualTo("x\n".repeat(10));
        assertThat(sub.ledger()).contains("\"delivered\":10,", "\"lost\":{}");
    }

    @Test
    void leavesAtOnceOnCtrlCAndAccountsForWhatItLeft() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve);
        Invocation.of("pub", address, "x");
        valve.reached.await();
        Invocation.of("pub", address, "x", "--count", "9");

        sub.stop(Cause.INTERRUPT);
        try (Publisher other = Heliograph.publisher(address)) {
            await().until(() -> other.subscribers() == 0);
        }
        valve.opened.countDown();

        assertThat(sub.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(sub.ledger()).contains("\"delivered\":1,", "\"lost\":{\"left\":9}");
    }

    /** It gives the output five seconds. */
    @Test
    @Tag("slow")
    void leavesOnCtrlCThoughNobodyTakesItsOutput() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve);
        Invocation.of("pub", address, "x");
        valve.reached.await();
        Invocation.of("pub", address, "x", "--count", "9");

        sub.stop(Cause.INTERRUPT);

        assertThat(sub.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(sub.ledger()).contains("\"lost\":{\"left\":9},\"in_flight\":1,");
        valve.opened.countDown();
    }

    @Test
    void offersAgainWhatWasBackPressured() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve, "--count", "20");
        Invocation pub = Invocation.start("pub", address, LONG, "--count", "20", "--policy", "backpressure:2,wait=1ms");
        valve.reached.await();

        await().until(() -> isAPublisherWaitingIn("Stop.await"));
        valve.opened.countDown();

        assertThat(pub.code()).isZero();
        assertThat(pub.ledger()).contains("\"accepted\":20,").contains("\"dropped\":0,").doesNotContain("\"refused\":0,");
        assertThat(sub.code()).isZero();
        assertThat(valve.taken.toString(StandardCharsets.UTF_8)).isEqualTo((LONG + "\n").repeat(20));
    }

    @Test
    void countsWhatWasDroppedAndGoesOn() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve);

        Invocation pub = Invocation.of("pub", address, LONG, "--count", "100", "--policy", "drop-newest:2");
        sub.stop(Cause.TERMINATE);
        valve.opened.countDown();

        assertThat(pub.code()).isZero();
        assertThat(pub.ledger()).doesNotContain("\"dropped\":0,").contains("\"refused\":0,");
        assertThat(sub.finish().ledger()).doesNotContain("\"delivered\":0,");
    }

    @Test
    void endsAPublisherThatIsBackPressuredOnCtrlC() throws InterruptedException {
        var valve = new Valve();
        Invocation sub = listenInto(valve);
        Invocation pub = Invocation.start("pub", address, LONG, "--count", "20", "--policy", "backpressure:2,wait=1h");
        valve.reached.await();
        await().until(() -> isAPublisherWaitingIn("LocalPublisher.publish"));

        pub.stop(Cause.INTERRUPT);

        assertThat(pub.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(pub.ledger()).contains("\"refused\":1,");
        sub.stop(Cause.INTERRUPT);
        valve.opened.countDown();
        sub.finish();
    }

    /** Whether {@code pub}'s thread waits there: in a publish for room, or in a stop for the moment to offer again. */
    private static boolean isAPublisherWaitingIn(String classAndMethod) {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getName().equals("heliograph-pub") && each.getKey().getState() == State.TIMED_WAITING)
                .flatMap(each -> Arrays.stream(each.getValue()))
                .anyMatch(frame -> (frame.getClassName() + "." + frame.getMethodName()).endsWith("." + classAndMethod));
    }

    @Test
    void endsAPublisherThatWaitsForInput() throws IOException {
        try (var typed = new PipedOutputStream(); var in = new PipedInputStream(typed)) {
            typed.write("a\n".getBytes(StandardCharsets.US_ASCII));
            typed.flush();
            Invocation sub = Invocation.start("sub", address, "--count", "1").awaitMessage("listening");
            Invocation pub = Invocation.startOn(in, "pub", address);
            assertThat(sub.finish().lines()).containsExactly("a");

            pub.stop(Cause.TERMINATE);

            assertThat(pub.code()).isZero();
            assertThat(pub.ledger()).contains("\"accepted\":1,");
        }
    }

    @Test
    void endsAPublisherThatWaitsForSubscribers() {
        Invocation pub = Invocation.start("pub", address, "x", "--await-subscribers", "1").awaitMessage("waiting for 1");

        pub.stop(Cause.INTERRUPT);

        assertThat(pub.code()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(pub.ledger()).contains("\"offered\":0,");
    }
}
