package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What becomes of a loop of JeroMQ's that fails. */
class PollerThreadTest {

    private final List<Throwable> failures = new ArrayList<>();
    private final AtomicInteger runs = new AtomicInteger();
    private final AtomicInteger deaths = new AtomicInteger();

    private void run(int failing) {
        new PollerThread(() -> {
            if (runs.incrementAndGet() <= failing) {
                throw new StackOverflowError("run " + runs);
            }
        }, failures::add, deaths::incrementAndGet).run();
    }

    @Test
    void goesOnAfterAFailureThatItTells() {
        run(2);
        assertThat(runs).hasValue(3);
        assertThat(failures).extracting(Throwable::getMessage).containsExactly("run 1", "run 2");
        assertThat(deaths).hasValue(0);
    }

    @Test
    void givesUpALoopThatOnlyFails() {
        run(Integer.MAX_VALUE);
        assertThat(runs).hasValue(PollerThread.MOST_FAILURES);
        assertThat(failures).hasSize(PollerThread.MOST_FAILURES);
        assertThat(deaths).hasValue(1);
    }
}
