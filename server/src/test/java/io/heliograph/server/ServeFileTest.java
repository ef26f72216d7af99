package io.heliograph.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import io.heliograph.store.StoreAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The file that {@code serve --config} reads. */
class ServeFileTest {

    @TempDir
    Path folder;

    private ServeConfig read(String text) throws IOException {
        Path file = Files.writeString(folder.resolve("serve.conf"), text);
        return ServeConfig.of(folder).withFile(ConfigFile.read(file));
    }

    @Test
    void everySettingIsRead() throws Exception {
        ServeConfig config = read("""
                # where
                port = 9090
                bind = 0.0.0.0
                host-name = hooks.example.com
                host-name = other.example.com
                data = %s

                allow-target=10.1.0.0/16
                allow-target = fd00::/8
                listen = udp://239.77.1.1:4770?interface=loopback&reliable=false
                listen = local:orders
                address.ops = udp://239.77.1.2:4770
                address.on-call = https://hooks.example.com/a?b=c
                retention = 7d
                store-limit = 2GiB
                max-event = 2MiB
                """.formatted(folder.resolve("data")));

        assertThat(config.http().port()).isEqualTo(9090);
        assertThat(config.http().bindAddress()).isEqualTo("0.0.0.0");
        assertThat(config.http().hostNames()).containsExactlyInAnyOrder("hooks.example.com", "other.example.com");
        assertThat(config.origin()).isEqualTo("hooks.example.com");
        assertThat(config.data()).isEqualTo(folder.resolve("data"));
        assertThat(config.store()).isEqualTo(new StoreAddress.DataFolder(folder.resolve("data")));
        assertThat(config.targets()).hasSize(2);
        assertThat(config.listens()).isEqualTo(List.of("udp://239.77.1.1:4770?interface=loopback&reliable=false", "local:orders"));
        assertThat(config.addresses()).isEqualTo(Map.of("ops", "udp://239.77.1.2:4770", "on-call", "https://hooks.example.com/a?b=c"));
        assertThat(config.limits().outbox().retention()).isEqualTo(Duration.ofDays(7));
        assertThat(config.limits().store().maxBytes()).isEqualTo(2L << 30);
        assertThat(config.limits().outbox().maxEventBytes()).isEqualTo(2 << 20);
        assertThat(config.http().maxBodyBytes()).isEqualTo(8 << 20);
    }

    @Test
    void aStoreElsewhereStaysThere() throws Exception {
        assertThat(read("store = sqlite:/srv/events.db\ndata = /srv/heliograph\n").store()).isEqualTo(StoreAddress.parse("sqlite:/srv/events.db"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            colour = red               | setting
            address = udp://a:1        | setting
            address. = udp://a:1       | address.
            address.a b = udp://a:1    | address.a b
            address.a = nowhere        | address.a
            port = 70000               | port
            port = 1\\nport = 2        | setting given twice
            bind = example.com         | bind
            listen = here              | listen
            allow-target = all         | allow-target
            retention = 1s             | retention
            store-limit = much         | store-limit
            max-event = 17MiB          | max-event
            max-event = 1B             | max-event
            store = mysql:x            | store
            """)
    void whatCannotBeUsedIsRefusedWithItsLine(String text, String setting) {
        String lines = text.replace("\\n", "\n");

        assertThatThrownBy(() -> read("# the first line\n\n" + lines)).isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(setting).hasMessageContaining("serve.conf, line " + (2 + lines.lines().count()))
                .hasMessageContaining("allowed is");
    }

    @Test
    void aSecretOfALineIsNotShown() {
        assertThatThrownBy(() -> read("address.a = http://user:pw@host/?token&webhook-secret=SECRET\n")).isInstanceOf(ConfigException.class)
                .hasMessageContaining("http://...@host/?...").hasMessageNotContaining("pw@").hasMessageNotContaining("SECRET");
    }

    @Test
    void aLineThatSaysNothingIsRefusedToo() {
        assertThatThrownBy(() -> read("port\n")).isInstanceOf(ConfigException.class).hasMessageContaining("serve.conf, line 1 'port'");
        assertThatThrownBy(() -> read("port =\n")).isInstanceOf(ConfigException.class).hasMessageContaining("name = value");
        assertThatThrownBy(() -> ConfigFile.read(folder.resolve("none.conf"))).isInstanceOf(ConfigException.class)
                .hasMessageContaining("none.conf");
    }
}
