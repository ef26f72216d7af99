package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.testkit.ManualClock;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What becomes of somebody who tries keys. */
class KeyBrakeTest {

    private static final Access ACCESS = authorization -> {
        if (authorization.filter(text -> text.startsWith("Bearer right")).isPresent()) {
            return "shop";
        }
        throw new Problem(401, authorization.isEmpty() ? "no-key" : "unknown-key", "no");
    };

    private final ManualClock clock = new ManualClock();
    private final KeyBrake brake = new KeyBrake(ACCESS, clock);

    private String show(String address, String key) {
        try {
            return brake.tenantOf(address, Optional.of("Bearer " + key));
        } catch (Problem refused) {
            return refused.status() + " " + refused.headers().getOrDefault("Retry-After", "");
        }
    }

    private void tryMany(String address) {
        for (int i = 0; i < KeyBrake.AT_ONCE; i++) {
            assertThat(show(address, "wrong" + i)).isEqualTo("401 ");
        }
    }

    @Test
    void afterManyWrongKeysOneMoreIsLookedAtEachSecond() {
        tryMany("10.0.0.1");

        assertThat(show("10.0.0.1", "wrong")).isEqualTo("429 1");
        clock.advance(Duration.ofMillis(999));
        assertThat(show("10.0.0.1", "wrong")).isEqualTo("429 1");
        clock.advance(Duration.ofMillis(1));
        assertThat(show("10.0.0.1", "wrong")).isEqualTo("401 ");
        assertThat(show("10.0.0.1", "wrong")).isEqualTo("429 1");
        clock.advance(Duration.ofSeconds(KeyBrake.AT_ONCE));
        tryMany("10.0.0.1");
    }

    @Test
    void aKeyThatWasRightFromThereBeforePassesAndAnotherDoesNot() {
        assertThat(show("10.0.0.1", "right")).isEqualTo("shop");
        tryMany("10.0.0.1");

        assertThat(show("10.0.0.1", "right")).isEqualTo("shop");
        assertThat(show("10.0.0.1", "right-2")).isEqualTo("429 1");
        assertThat(show("10.0.0.2", "right-2")).isEqualTo("shop");
    }

    @Test
    void oneWithoutAKeyIsNotCountedAndAnAddressOfVersionSixCountsByItsNetwork() {
        for (int i = 0; i < 1_000; i++) {
            assertThatThrownBy(() -> brake.tenantOf("2001:db8::1", Optional.empty())).hasMessageContaining("no-key");
        }
        tryMany("2001:db8::1");

        assertThat(show("2001:db8::ffff:1", "wrong")).isEqualTo("429 1");
        assertThat(show("2001:db8:0:1::1", "wrong")).isEqualTo("401 ");
    }

    @Test
    void moreAddressesThanItRemembersPushTheOldestOut() {
        tryMany("10.0.0.1");
        for (int i = 0; i < KeyBrake.MOST_ADDRESSES; i++) {
            show("10.1." + i / 250 + "." + i % 250, "wrong");
        }

        assertThat(show("10.0.0.1", "wrong")).isEqualTo("401 ");
    }
}
