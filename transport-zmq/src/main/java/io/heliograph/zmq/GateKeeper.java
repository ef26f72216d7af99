package io.heliograph.zmq;

import io.heliograph.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Sweeps the gates of one context four times a second, and answers ZeroMQ's questions whether a key is listed.
 *
 * <p>Thread-safe. Runs on one daemon thread, {@code heliograph-zmq-gate NAME}.
 */
final class GateKeeper {

    private static final long SWEEP_NS = Duration.ofMillis(250).toNanos();
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(5);

    private final ZmqRefusals refusals;
    private final Clock clock;
    private final List<Gate> gates = new CopyOnWriteArrayList<>();
    private final Optional<KeyDesk> desk;
    private final SocketLoop loop;

    /** What the thread does. */
    private final class Round implements SocketLoop.Work {
        private long sweptNs = clock.nanoTime();

        @Override
        public boolean turn() {
            boolean hasAnswered = desk.isPresent() && desk.get().answer(gates);
            long nowNs = clock.nanoTime();
            if (nowNs - sweptNs >= SWEEP_NS) {
                sweptNs = nowNs;
                gates.forEach(gate -> gate.sweep(nowNs));
            }
            return hasAnswered;
        }

        @Override
        public long untilDueNs() {
            return sweptNs + SWEEP_NS - clock.nanoTime();
        }

        @Override
        public boolean isWaiting() {
            return false;
        }

        @Override
        public void end() {
            desk.ifPresent(KeyDesk::close);
        }
    }

    /**
     * Starts the thread.
     *
     * @param desk where keys are looked up, if they are
     */
    GateKeeper(String name, Optional<KeyDesk> desk, ZmqRefusals refusals, Consumer<Throwable> onFailure, Clock clock) {
        this.clock = clock;
        this.desk = desk;
        this.refusals = refusals;
        this.loop = new SocketLoop("gate " + name, new Round(), onFailure);
        loop.start(() -> {
            if (desk.isPresent()) {
                loop.watch(desk.get().channel());
            }
        });
    }

    /** One more gate to sweep. */
    Gate open(GateRules rules) {
        var gate = new Gate("gate-" + gates.size(), rules, refusals, SWEEP_NS);
        gates.add(gate);
        return gate;
    }

    /** ZeroMQ's thread has died. */
    void abandon() {
        gates.forEach(Gate::abandon);
        loop.stop();
    }

    /** Ends the thread, and waits until it has. */
    void close() {
        loop.stop();
        loop.join(LONGEST_CLOSE);
    }
}
