package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class StrangersTest {

    private static House house;

    @BeforeAll
    static void open() {
        house = House.open();
    }

    @AfterAll
    static void close() {
        house.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example", "10.1.2.3", "[::2]"})
    void aForeignHostIsMisdirected(String host) throws IOException {
        String answer = raw("GET /v1/ledger HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 421").contains("application/problem+json").contains("\"code\":\"host-not-allowed\"")
                .doesNotContain("publishers");
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:1", "127.0.0.1", "127.0.0.1:9999", "[::1]:80"})
    void itsOwnNamesAreServed(String host) throws IOException {
        assertThat(raw("GET /v1/ledger HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")).startsWith("HTTP/1.1 200");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://evil.example", "null", "http://localhost:1", "file://"})
    void aPageOfAnotherOriginIsForbidden(String origin) throws Exception {
        HttpResponse<String> answer = house.get("/v1/ledger", "Origin", origin);

        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("\"code\":\"origin-not-allowed\"");
        assertThat(answer.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void itsOwnPageIsServed() throws Exception {
        assertThat(house.get("/v1/ledger", "Origin", house.server.url(), "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(200);
    }

    @Test
    void aLinkFromElsewhereMayBeFollowedButNothingFetched() throws Exception {
        assertThat(house.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate").statusCode()).isEqualTo(200);
        assertThat(house.get("/", "Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors").statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"garbage\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"})
    void whatIsNoRequestIsRefusedWithoutAWordOfTheInside(String request) throws IOException {
        assertThat(raw(request)).startsWith("HTTP/1.1 400").doesNotContain("at org.").doesNotContain("Jetty");
    }

    @Test
    void fieldsThatAreTooLongAreToldTheirLimit() throws IOException {
        String request = "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: " + "a".repeat(20_000) + "\r\n\r\n";

        assertThat(raw(request)).startsWith("HTTP/1.1 431").contains("\"title\":\"Request Header Fields Too Large\"", "16384 bytes");
    }

    @Test
    void aPortThatIsTakenIsNamed() {
        var config = ServerConfig.defaults().withPort(house.server.port());

        Assertions.assertThatThrownBy(() -> House.open(config, List.of()))
                .isInstanceOf(AddressInUseException.class)
                .hasMessageContaining("127.0.0.1:" + house.server.port());
    }

    @Test
    void labelsOfMetricsAreEscaped() throws Exception {
        try (House strange = House.open()) {
            strange.book.addPublisher("a\"} 1\nforged{x=\"\\", strange.publisher::sums);

            String text = strange.get("/metrics").body();

            assertThat(text).contains("{publisher=\"a\\\"} 1\\nforged{x=\\\"\\\\\"} 0");
            assertThat(text.lines()).noneMatch(line -> line.startsWith("forged"));
        }
    }

    private static String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", house.server.port())) {
            socket.setSoTimeout(10_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
