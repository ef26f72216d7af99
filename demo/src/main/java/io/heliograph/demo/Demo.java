package io.heliograph.demo;

import io.heliograph.HeliographException;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The command {@code demo}: opens the house, tells in four lines where everything is, and runs until its time is up
 * or it is stopped.
 *
 * <pre>
 * page    http://127.0.0.1:8080
 * send    127.0.0.1:8125 (UDP), for example: echo 'foo:1|c' >/dev/udp/127.0.0.1/8125
 * events  ./heliograph sub 'udp://239.77.1.1:4777?interface=loopback'
 * now     in 412/s  out 31/s  subscribers 1  lost 0
 * </pre>
 *
 * <p>The first line goes to standard output, the rest to standard error, and at the end a ledger line for each publisher
 * and subscriber. One use only: {@link #run} once, and {@link #stop} from any thread.
 */
public final class Demo {

    /** Everything went as asked. */
    private static final int OK = 0;

    /** A port is taken, or the system refuses. */
    private static final int ENVIRONMENT = 3;

    private static final long REFRESH_NS = Duration.ofSeconds(1).toNanos();

    private final DemoConfig config;
    private final PrintStream out;
    private final PrintStream err;
    private final CountDownLatch stopped = new CountDownLatch(1);

    /**
     * @param out takes the page's address
     * @param err takes the rest
     */
    public Demo(DemoConfig config, PrintStream out, PrintStream err) {
        this.config = config;
        this.out = out;
        this.err = err;
    }

    /**
     * Runs until the duration is over, {@link #stop} is called or the thread is interrupted, and closes everything.
     *
     * @return the exit code: 0, or 3 if a port is taken or the system refuses, which a line on {@code err} explains
     */
    public int run() {
        try {
            runHouse(DemoHouse.open(config));
            return OK;
        } catch (HeliographException e) {
            err.println("heliograph: " + e.getMessage());
            err.flush();
            return ENVIRONMENT;
        }
    }

    private void runHouse(DemoHouse house) {
        Figures first = Figures.of(house.parts(), System.nanoTime());
        int subscribers;
        try (house) {
            introduce(house);
            show(house.parts(), first);
            // Read before they are told that the stream has ended.
            subscribers = house.parts().publisher().subscribers();
        }
        // Only now every event has come to an end.
        end(house.parts(), first, subscribers);
        house.ledgers().forEach(ledger -> err.println("ledger: " + ledger));
        err.flush();
    }

    /** Ends {@link #run}. Idempotent; does not wait. */
    public void stop() {
        stopped.countDown();
    }

    private void introduce(DemoHouse house) {
        InetSocketAddress to = house.parts().statsd().localAddress();
        String host = to.getAddress().getHostAddress();
        out.println("page    " + house.url());
        out.flush();
        err.println("send    " + host + ":" + to.getPort() + " (UDP), for example: echo 'foo:1|c' >/dev/udp/" + host
                + "/" + to.getPort());
        err.println("events  ./heliograph sub '" + house.parts().address() + "'");
        err.flush();
    }

    private void show(DemoParts parts, Figures first) {
        long startNs = first.atNs();
        Figures shown = first;
        rewrite(first.line(first));
        for (long round = 1; !awaitStop(startNs, round * REFRESH_NS); round++) {
            Figures now = Figures.of(parts, System.nanoTime());
            rewrite(now.line(shown));
            shown = now;
        }
    }

    /** Waits until {@code elapsedNs} after the start; returns whether to end. */
    private boolean awaitStop(long startNs, long elapsedNs) {
        long endNs = config.duration().map(TimeUnit.NANOSECONDS::convert).orElse(Long.MAX_VALUE);
        try {
            long waitNs = startNs + Math.min(elapsedNs, endNs) - System.nanoTime();
            return stopped.await(waitNs, TimeUnit.NANOSECONDS) || elapsedNs >= endNs;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private void rewrite(String line) {
        if (config.statusLine() == StatusLine.REWRITTEN) {
            // Blanks wipe what a longer line left behind.
            err.print(String.format("\rnow     %-64s", line));
            err.flush();
        }
    }

    private void end(DemoParts parts, Figures first, int subscribers) {
        switch (config.statusLine()) {
            case REWRITTEN -> err.println();
            case AT_END -> err.println("now     "
                    + Figures.of(parts, System.nanoTime()).withSubscribers(subscribers).line(first));
        }
        err.println("ledger: " + parts.publisher().sums().toJson());
        err.println("ledger: " + parts.subscription().sums().toJson());
        err.flush();
    }
}
