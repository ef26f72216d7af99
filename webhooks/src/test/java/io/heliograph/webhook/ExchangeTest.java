package io.heliograph.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.NoticeListener;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.ManualClock;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.SecureRandom;
import org.apache.hc.core5.http.config.Http1Config;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ExchangeTest {

    private final ManualClock clock = new ManualClock();
    private final Exchange exchange = new Exchange(TargetUrl.parse("http://127.0.0.1/"), clock.nanoTime() + 1,
            new Environment(clock, clock, new SecureRandom(), NoticeListener.NONE));
    private final AttemptConnection connection = new AttemptConnection("one", Http1Config.DEFAULT);
    private ServerSocket server;

    @BeforeEach
    void connects() throws IOException {
        server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        connection.bind(new Socket(InetAddress.getLoopbackAddress(), server.getLocalPort()));
    }

    @AfterEach
    void closes() throws IOException {
        connection.close();
        server.close();
    }

    @Test
    void closesItsConnectionWhenItsTimeIsUp() {
        exchange.use(connection);
        assertThat(connection.isOpen()).isTrue();

        exchange.expire();

        assertThat(connection.isOpen()).isFalse();
        assertThat(exchange.leave()).as("it may serve nobody else").isFalse();
    }

    @Test
    void closesNoConnectionThatMayBeAnothersByNow() {
        exchange.use(connection);
        assertThat(exchange.leave()).isTrue();

        exchange.expire();

        assertThat(connection.isOpen()).isTrue();
    }

    @Test
    void goesOverNoConnectionOnceItsTimeIsUp() {
        exchange.expire();
        assertThat(exchange.isExpired()).isTrue();

        exchange.use(connection);

        assertThat(connection.isOpen()).isFalse();
    }
}
