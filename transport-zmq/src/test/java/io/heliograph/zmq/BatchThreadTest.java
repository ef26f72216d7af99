package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How threads that JeroMQ wakes are scheduled, as Linux tells of it. */
@EnabledOnOs(OS.LINUX)
class BatchThreadTest {

    private static final int OTHER = 0;
    private static final int BATCH = 3;
    /** Of the fields behind the name, from 0; see proc(5). */
    private static final int POLICY_FIELD = 38;

    /** What a thread found: whether it could, and whether it could once more. */
    private record Found(int before, boolean couldOnce, int after, boolean couldTwice) {
    }

    @Test
    void schedulesTheCallingThreadAsBatchOnceOrLeavesItAsItIs() throws InterruptedException, ExecutionException {
        try (var thread = Executors.newSingleThreadExecutor()) {
            Found found = thread.submit(() -> new Found(policy(), BatchThread.enter(), policy(), BatchThread.enter())).get();

            if (found.couldOnce()) {
                assertThat(found).isEqualTo(new Found(OTHER, true, BATCH, false));
            } else {
                assertThat(found).isEqualTo(new Found(found.before(), false, found.before(), false));
            }
        }
    }

    private static int policy() {
        try {
            String stat = Files.readString(Path.of("/proc/thread-self/stat"));
            return Integer.parseInt(stat.substring(stat.lastIndexOf(')') + 2).trim().split(" ")[POLICY_FIELD]);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
