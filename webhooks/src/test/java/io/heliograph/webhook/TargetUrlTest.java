package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetUrlTest {

    @ParameterizedTest
    @CsvSource({
        "https://example.com,https,example.com,443,/",
        "HTTP://Example.COM/A?b=C,http,example.com,80,/A?b=C",
        "https://example.com:8443?x,https,example.com,8443,/?x",
        "https://a-b.xn--bcher-kva.example/%20,https,a-b.xn--bcher-kva.example,443,/%20",
        "http://93.184.216.34:80/,http,93.184.216.34,80,/",
        "http://[2606:2800:220:1::1]:81/x,http,2606:2800:220:1::1,81,/x",
        "http://localhost:3000/,http,localhost,3000,/",
        "http://127.0.0.1.nip.io/,http,127.0.0.1.nip.io,80,/",
        "http://0700.example/,http,0700.example,80,/"})
    void readsUrls(String url, String scheme, String host, int port, String pathAndQuery) {
        TargetUrl target = TargetUrl.parse(url);

        assertThat(target.scheme()).isEqualTo(scheme);
        assertThat(target.host()).isEqualTo(host);
        assertThat(target.port()).isEqualTo(port);
        assertThat(target.pathAndQuery()).isEqualTo(pathAndQuery);
        assertThat(TargetUrl.parse(target.reveal())).isEqualTo(target).hasSameHashCodeAs(target);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "example.com", "//example.com/", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "http:", "http://",
        "http:///x", "http:example.com", "http://?x", "http://:80/",
        // Other spellings of 127.0.0.1.
        "http://2130706433/", "http://017700000001/", "http://0x7f000001/", "http://0x7F.0x0.0x0.0x1/", "http://0177.0.0.1/",
        "http://0x7f.0.0.1/", "http://127.1/", "http://127.0.1/", "http://127.0.0.1./", "http://127.0.0.01/", "http://127.000.000.001/",
        "http://127.0.0.0x1/", "http://127.0.0.256/", "http://1.2.3.4.5/", "http://①②⑦.0.0.1/", "http://127。0。0。1/", "http://１２７.0.0.1/",
        "http://127.0.0.1%2f@example.com/", "http://%31%32%37.0.0.1/", "http://[127.0.0.1]/", "http://[::1%25lo]/", "http://[::1%lo]/",
        "http://[::ffff:0x7f.1]/", "http://[::1", "http://::1/", "http://[v1.x]/", "http://[]/", "http://0x/", "http://a.0x7f/", "http://a.1/",
        // What one parser reads as the host and another does not.
        "http://user@example.com/", "http://user:password@127.0.0.1/", "http://example.com@127.0.0.1/", "http://127.0.0.1#@example.com/",
        "http://example.com#x", "http://example.com\\@127.0.0.1/", "http://127.0.0.1:80\\@example.com/", "http://a:80:80/", "http://@example.com/",
        "http://foo_bar.com/", "http://-a.com/", "http://a-.com/", "http://a..b/", "http://.a/", "http://a./", "http://*.com/",
        "http://example.com:0/", "http://example.com:65536/", "http://example.com:99999/", "http://example.com:-1/", "http://example.com:8o/",
        "http://exa mple.com/", "http://example.com/a b", "http://example.com/\r\nX: y", "http://example.com/\u0000", "http://example.com/ü",
        "http://bücher.example/", "\thttp://example.com/"})
    void refusesWhatCanBeReadTwoWays(String url) {
        assertThatThrownBy(() -> TargetUrl.parse(url)).as(url).isInstanceOf(ConfigException.class).hasMessageStartingWith("url '");
    }

    @Test
    void limitsTheLengthOfUrlAndHost() {
        String label = "a".repeat(63);
        String host = String.join(".", label, label, label, "a".repeat(61));

        assertThat(TargetUrl.parse("http://" + host + "/").host()).hasSize(253);
        assertThatThrownBy(() -> TargetUrl.parse("http://" + host + "a/")).isInstanceOf(ConfigException.class);
        assertThatThrownBy(() -> TargetUrl.parse("http://" + label + "a/")).isInstanceOf(ConfigException.class);
        String url = "http://a/";
        assertThat(TargetUrl.parse(url + "x".repeat(TargetUrl.MAX_LENGTH - url.length())).pathAndQuery()).hasSize(2040);
        assertThatThrownBy(() -> TargetUrl.parse(url + "x".repeat(TargetUrl.MAX_LENGTH - url.length() + 1))).hasMessageContaining("not 2049");
    }

    @Test
    void showsNeitherQueryNorPassword() {
        assertThat(TargetUrl.parse("https://example.com/hook?token=hunter2").toString()).isEqualTo("https://example.com/hook?...");
        assertThatThrownBy(() -> TargetUrl.parse("https://me:hunter2@example.com/hook")).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> TargetUrl.parse("https://example.com:0/hook?token=hunter2")).hasMessageNotContaining("hunter2");
        assertThatThrownBy(() -> TargetUrl.parse("https://me:hunter2@ex ample.com/")).hasMessageNotContaining("hunter2");
    }
}
