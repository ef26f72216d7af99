package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.ConfigException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StoreAddressTest {

    @Test
    void readsFoldersFilesAndServers() {
        assertThat(StoreAddress.parse("/var/lib/x/../y")).isEqualTo(new StoreAddress.DataFolder(Path.of("/var/lib/y")));
        assertThat(StoreAddress.parse("data")).isEqualTo(new StoreAddress.DataFolder(Path.of("data").toAbsolutePath()));
        assertThat(StoreAddress.parse("sqlite:/srv/a b.db")).isEqualTo(new StoreAddress.SqliteFile(Path.of("/srv/a b.db")));
        assertThat(StoreAddress.parse("postgresql://shop@db.example/orders")).isEqualTo(new StoreAddress.PostgresDatabase(
                "shop", Optional.empty(), "db.example", 5432, "orders", Map.of()));
        assertThat(StoreAddress.parse("postgresql://sh%40p:s%3Ae+c@[::1]:6543/orders?sslmode=verify-full&schema=events"))
                .isEqualTo(new StoreAddress.PostgresDatabase("sh@p", Optional.of("s:e+c"), "[::1]", 6543, "orders",
                        Map.of("sslmode", "verify-full", "schema", "events")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "sqlite:", "sqlite::memory:", "sqlite:/a?mode=memory", "sqlite:file:/a", "sqlite://a/b",
        "/data?x=1", "mysql://u@h/d", "http://x", "jdbc:sqlite:/a", "postgres://u@h/d", "postgresql:", "postgresql://h/d", "postgresql://u@/d",
        "postgresql://u@h", "postgresql://u@h/", "postgresql://u@h/d/e", "postgresql://u@h:0/d", "postgresql://u@h:99999/d",
        "postgresql://u@h:x/d", "postgresql://u@h/d#f", "postgresql://u@h/d?user=root", "postgresql://u@h/d?schema=a&schema=b",
        "postgresql://u@h/d?schema", "postgresql://u@h/d%zz", "a\0b"})
    void refusesWhatItIsNot(String text) {
        assertThatThrownBy(() -> StoreAddress.parse(text)).isInstanceOf(ConfigException.class).hasMessageContaining("allowed is");
    }

    @Test
    void showsNoPassword() {
        assertThat(StoreAddress.parse("postgresql://shop:s3cret@db/orders?sslmode=require"))
                .hasToString("postgresql://shop@db:5432/orders");
        assertThatThrownBy(() -> StoreAddress.parse("postgresql://shop:s3cret@db")).hasMessageNotContaining("s3cret");
        assertThatThrownBy(() -> StoreAddress.parse("postgresql://shop:s3 cret@db/orders")).hasMessageNotContaining("cret");
        assertThatThrownBy(() -> StoreAddress.parse("mysql://shop:s3cret@db/orders")).hasMessageNotContaining("s3cret");
    }
}
