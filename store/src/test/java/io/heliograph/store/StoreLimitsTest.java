package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StoreLimitsTest {

    private static final StoreLimits DEFAULT = StoreLimits.DEFAULT;

    @Test
    void changesOneThingAtATime() {
        assertThat(DEFAULT.withMaxBytes(1 << 20).maxBytes()).isEqualTo(1 << 20);
        assertThat(DEFAULT.withQueue(1, 2).queuedBytes()).isEqualTo(2);
        assertThat(DEFAULT.withBatch(1, Duration.ofMillis(1)).batchWrites()).isEqualTo(1);
        assertThat(DEFAULT.withReaders(1, Duration.ofMillis(1)).readers()).isEqualTo(1);
        assertThat(DEFAULT.withWatchEvery(Duration.ofHours(1)).watchEvery()).isEqualTo(Duration.ofHours(1));
        assertThat(DEFAULT.withMaxBytes(1 << 20).withMaxBytes(DEFAULT.maxBytes())).isEqualTo(DEFAULT);
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> DEFAULT.withMaxBytes((1 << 20) - 1)).isInstanceOf(ConfigException.class)
                .hasMessage("store limit maxBytes '1048575': allowed is 1048576 to 4611686018427387903");
        assertThatThrownBy(() -> DEFAULT.withQueue(0, 1)).hasMessageContaining("queuedWrites '0'");
        assertThatThrownBy(() -> DEFAULT.withQueue(1, 0)).hasMessageContaining("queuedBytes '0'");
        assertThatThrownBy(() -> DEFAULT.withBatch(0, Duration.ofMillis(1))).hasMessageContaining("batchWrites '0'");
        assertThatThrownBy(() -> DEFAULT.withBatch(1, Duration.ofSeconds(2))).hasMessageContaining("batchTime 'PT2S'");
        assertThatThrownBy(() -> DEFAULT.withReaders(0, Duration.ofMillis(1))).hasMessageContaining("readers '0'");
        assertThatThrownBy(() -> DEFAULT.withReaders(1, Duration.ZERO)).hasMessageContaining("maxWait 'PT0S'");
        assertThatThrownBy(() -> DEFAULT.withWatchEvery(Duration.ofNanos(1))).hasMessageContaining("watchEvery");
    }
}
