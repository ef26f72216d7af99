package io.heliograph.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heliograph.ConfigException;
import io.heliograph.Heliograph;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class AddressTest {

    @Test
    void readsSchemePlaceAndSettings() {
        assertThat(Address.parse("udp://239.77.1.1:4770?interface=loopback&reliable=false")).isEqualTo(
                new Address("udp", "239.77.1.1:4770", Map.of("interface", "loopback", "reliable", "false")));
        assertThat(Address.parse("local:prices")).isEqualTo(new Address("local", "prices", Map.of()));
        assertThat(Address.parse("local://prices")).isEqualTo(Address.parse("local:prices"));
        assertThat(Address.parse("udp://[::1]:9").place()).isEqualTo("[::1]:9");
    }

    @Test
    void keepsTheOrderOfSettingsAndDecodesTheirValues() {
        Address address = Address.parse("x:y?b=1&a=%C3%A4%26b+c&c=&d=e=f");
        assertThat(address.settings()).containsExactly(
                Map.entry("b", "1"), Map.entry("a", "\u00e4&b c"), Map.entry("c", ""), Map.entry("d", "e=f"));
        assertThat(address.setting("b")).contains("1");
        assertThat(address.setting("z")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "udp", ":x", "udp:", "udp://", "udp://?a=b", "udp://h?", "udp://h?a", "udp://h?=b", "udp://h?a=b&&c=d",
        "udp://h?a=b&a=c", "udp://h?a=%", "udp://h?a=%zz", "udp\n", "x:y?a\n=1&a\n=2"})
    void refusesWhatIsNoAddress(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse(text))
                .satisfies(e -> assertThat(e.getMessage()).contains("': allowed is ").hasLineCount(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://h/ok?x&webhook-secret=SECRET&webhook-mode", "http://h/ok?SECRET&webhook-mode=%zz", "udp://h?key=SECRET&x",
        "udp://h?SECRET", "udp://h?a=%SECRET", "udp://h?a=b&a=SECRET", "udp://user:SECRET@h:1", "zmq://SECRET@h:1?a=b", "http://u:SECRET@h/",
        "zmq:u:SECRET@h?a", "http://?key=SECRET", "http:?SECRET", "no-such:h?key=SECRET", "SECRET@h", "h?SECRET"})
    void neverShowsWhatMayBeASecret(String text) {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Heliograph.publisher(text))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("SECRET"));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Heliograph.publisher(text + "&" + "y".repeat(2048)))
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("SECRET"));
        assertThat(Address.shown(text)).doesNotContain("SECRET");
    }

    @Test
    void showsItselfWithoutItsSettings() {
        assertThat(Address.shown("udp://239.77.1.1:4770?key=k")).isEqualTo("udp://239.77.1.1:4770?...");
        assertThat(Address.shown("zmq://u:p@h:1")).isEqualTo("zmq://...@h:1");
        assertThat(Address.shown("local:prices")).isEqualTo("local:prices");
        assertThat(Address.parse("https://h/p?token&webhook-secret=s")).hasToString("https:h/p?...");
        assertThat(Address.parse("udp://h:1?key=k")).hasToString("udp:h:1?...");
        assertThat(Address.parse("local:x")).hasToString("local:x");
    }

    @Test
    void namesTheSettingThatIsMalformed() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("udp://h:1?rate=1&reliable&x=2"))
                .withMessage("address 'udp://h:1?...': allowed is settings written name=value, joined by '&'; number 2 is not");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("udp://h:1?rate=%zz"))
                .withMessage("setting 'rate': allowed is a value in which '%' is followed by two hexadecimal digits");
    }

    @Test
    void leavesAnHttpReceiverItsOwnPartsAsTheyAreWritten() {
        assertThat(Address.parse("https://h/p?token&webhook-mode=bin%61ry&a=1&a=%2b+c&=x&&b"))
                .isEqualTo(new Address("https", "h/p?token&a=1&a=%2b+c&=x&&b", Map.of("webhook-mode", "binary")));
        assertThat(Address.parse("http://h/?webhook-mode=binary")).isEqualTo(new Address("http", "h/", Map.of("webhook-mode", "binary")));
        assertThat(Address.parse("http://h?")).isEqualTo(new Address("http", "h?", Map.of()));
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("http://h/?webhook-mode=a&webhook-mode=b"))
                .withMessage("setting given twice 'webhook-mode': allowed is each setting once");
    }

    @Test
    void refusesAUser() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("zmq://user:pw@127.0.0.1:5555?bind=true"))
                .withMessage("address 'zmq://...@127.0.0.1:5555?...': allowed is one without a user before '@'");
        assertThat(Address.parse("https://h/a@b").place()).isEqualTo("h/a@b");
        assertThat(Address.parse("local:a@b").place()).isEqualTo("a@b");
    }

    @Test
    void takesAtMost2048Characters() {
        assertThat(Address.parse("x:" + "y".repeat(2046)).place()).hasSize(2046);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("x:" + "y".repeat(2047)));
    }

    @Test
    void namesTheUnknownSettingAndThoseKnown() {
        Address address = Address.parse("udp://h?rate=1&speed=2");
        assertThat(address.requireSettings("rate", "speed")).isSameAs(address);
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> address.requireSettings("rate", "interface"))
                .withMessage("setting of a udp address 'speed': allowed is interface, rate");
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Address.parse("local:x?a=b").requireSettings())
                .withMessage("setting of a local address 'a': allowed is none");
    }

    @Test
    void cannotBeChanged() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> Address.parse("x:y?a=b").settings().put("c", "d"));
    }

    @Test
    void anUnknownSchemeNamesThoseOnTheClassPath() {
        assertThatExceptionOfType(ConfigException.class).isThrownBy(() -> Heliograph.publisher("carrier-pigeon:coop"))
                .withMessage("address 'carrier-pigeon:coop': allowed is one of the schemes on the class path: local");
    }
}
