package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomHeadersTest {

    @ParameterizedTest
    @ValueSource(strings = {"Authorization", "x-api-key", "Cookie", "User-Agent", "X_y.z~1", "Web-Hook"})
    void takesFieldsOfTheEndpointsOwner(String name) {
        assertThat(new CustomHeaders(List.of(new HttpHeader(name, "Bearer a b\tc"))).headers()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a:", "a\r\nb", "é", "Host", "HOST", "content-length", "Content-Type", "Transfer-Encoding", "connection",
        "Keep-Alive", "TE", "trailer", "Upgrade", "Proxy-Connection", "Proxy-Authorization", "Expect", "Webhook-Signature", "webhook-x",
        "WEBHOOK-ID", "ce-id", "CE-anything", "WebHook-Request-Origin"})
    void refusesFieldsThatAreTheSenders(String name) {
        assertThatThrownBy(() -> new CustomHeaders(List.of(new HttpHeader(name, "x")))).isInstanceOf(ConfigException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nX: y", "a\nb", "a\rb", "a\0b", "ü", " a", "a ", "\u007f"})
    void refusesValuesThatAreMoreThanOneField(String value) {
        assertThatThrownBy(() -> new CustomHeaders(List.of(new HttpHeader("x-a", value)))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("x-a");
    }

    @Test
    void limitsNumberAndSize() {
        List<HttpHeader> most = IntStream.range(0, 32).mapToObj(i -> new HttpHeader("x-" + i, "v")).toList();
        List<HttpHeader> more = IntStream.range(0, 33).mapToObj(i -> new HttpHeader("x-" + i, "v")).toList();

        assertThat(new CustomHeaders(most).headers()).hasSize(32);
        assertThatThrownBy(() -> new CustomHeaders(more)).isInstanceOf(ConfigException.class).hasMessageContaining("at most 32");
        assertThat(new CustomHeaders(List.of(new HttpHeader("x", "v".repeat(8191)))).headers()).hasSize(1);
        assertThatThrownBy(() -> new CustomHeaders(List.of(new HttpHeader("x", "v".repeat(8192))))).hasMessageContaining("8193 characters");
        assertThatThrownBy(() -> new CustomHeaders(List.of(new HttpHeader("a", "1"), new HttpHeader("A", "2")))).hasMessageContaining("once");
    }

    @Test
    void showsNoValue() {
        assertThat(new CustomHeaders(List.of(new HttpHeader("Authorization", "Bearer hunter2"))).toString())
                .contains("Authorization").doesNotContain("hunter2");
        assertThatThrownBy(() -> new CustomHeaders(List.of(new HttpHeader("x", "hunter2\n")))).hasMessageNotContaining("hunter2");
    }
}
