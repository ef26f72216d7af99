package io.heliograph.discovery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.spi.Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an address asks to be announced, and what is said of what cannot be. */
final class AnnouncementConfigTest {

    @Test
    void nothingIsAnnouncedUnlessAskedFor() {
        assertThat(AnnouncementConfig.of(Address.parse("udp://239.77.1.1:4770?interface=loopback"))).isEmpty();
    }

    @Test
    void whatIsLeftOutHasADefault() {
        AnnouncementConfig config = AnnouncementConfig.of(Address.parse("udp://239.77.1.1:4770?announce=prices-1.a_B")).orElseThrow();

        assertThat(config.name()).isEqualTo("prices-1.a_B");
        assertThat(config.topics()).isEmpty();
        assertThat(config.group()).hasToString("239.77.255.77:4769");
        assertThat(config.period()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void everySettingIsUnderstood() {
        assertThat(AnnouncementConfig.of(Address.parse(
                "udp://239.77.1.1:4770?announce=prices&announce-topics=prices.eurusd,orders.>&announce-group=239.1.2.3:99")))
                .contains(new AnnouncementConfig("prices", List.of("prices.eurusd", "orders.>"),
                        new DiscoveryGroup(new InetSocketAddress("239.1.2.3", 99)), Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "announce=                                    | announce ''                     | ASCII letters, digits",
        "announce=a%20b                               | announce 'a b'                  | ASCII letters, digits",
        "announce=a&announce-topics=b..c              | topic filter 'b..c'             | a topic",
        "announce=a&announce-topics=b,                | topic filter ''                 | a topic",
        "announce=a&announce-group=127.0.0.1:1        | announce-group '127.0.0.1:1'    | an IPv4 multicast group and its port",
        "announce=a&announce-group=239.1.1.1          | announce-group '239.1.1.1'      | an IPv4 multicast group and its port",
        "announce=a&announce-group=group.invalid:1    | announce-group 'group.invalid:1' | an IPv4 multicast group and its port",
        "announce=a&announce-group=239.1.1.1:0        | port of announce-group '0'      | from 1 to 65535",
        "announce=a&announce-group=[ff15::1]:1        | port of announce-group ':1]:1'  | from 1 to 65535",
        "announce-topics=b                            | announce-topics 'b'             | nothing without announce=NAME",
        "announce-group=239.1.1.1:1                   | announce-group '239.1.1.1:1'    | nothing without announce=NAME"})
    void whatCannotBeAnnouncedIsRefused(String settings, String what, String allowed) {
        assertThatThrownBy(() -> AnnouncementConfig.of(Address.parse("udp://239.77.1.1:4770?" + settings)))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(what).hasMessageContaining("allowed is").hasMessageContaining(allowed);
    }

    @Test
    void aPeriodHasBounds() {
        var config = AnnouncementConfig.named("a");
        assertThatThrownBy(() -> config.withPeriod(Duration.ofMillis(99))).hasMessageContaining("100ms to 20s");
        assertThatThrownBy(() -> config.withPeriod(Duration.ofMillis(20_001))).hasMessageContaining("100ms to 20s");
        assertThat(config.withPeriod(Duration.ofSeconds(20)).period().multipliedBy(3).toMillis()).isEqualTo(Beacon.MAX_EXPIRY_MS);
    }
}
