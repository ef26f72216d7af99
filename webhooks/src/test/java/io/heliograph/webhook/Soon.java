package io.heliograph.webhook;

import java.time.Duration;
import java.util.concurrent.Callable;
import org.awaitility.Awaitility;

/** Waits for what other threads do, and looks often. */
final class Soon {

    private static final Duration AT_MOST = Duration.ofSeconds(10);
    private static final Duration OFTEN = Duration.ofMillis(1);

    private Soon() {
    }

    static void until(Callable<Boolean> condition) {
        Awaitility.await().atMost(AT_MOST).pollDelay(Duration.ZERO).pollInterval(OFTEN).until(condition);
    }

    static void until(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(AT_MOST).pollDelay(Duration.ZERO).pollInterval(OFTEN).until(condition);
    }
}
