package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heliograph.Notice;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

@EnabledIf("io.heliograph.store.PostgresServer#isInstalled")
class PostgresStoreTest extends StoreContract {

    @Override
    StoreAddress freshAddress() throws SQLException {
        return PostgresServer.shared().freshSchema();
    }

    @Override
    Connection connect(StoreAddress address) throws SQLException {
        return PostgresServer.connect((StoreAddress.PostgresDatabase) address);
    }

    @Test
    void losesNothingAcknowledgedWhenTheServerFails() throws Exception {
        SqlStore store = open();
        List<Long> acknowledged = Collections.synchronizedList(new ArrayList<>());
        Thread writer = Thread.ofVirtual().start(() -> {
            for (long n = 0; isWritten(store, n); n++) {
                acknowledged.add(n);
            }
        });
        Awaitility.await().until(() -> acknowledged.size() > 50);

        PostgresServer.shared().crashAndRestart();
        writer.join();

        assertThat(notices.await(Notice.TransportFailed.class, 1, Duration.ofSeconds(10))).isTrue();
        assertThat(failure(store.write(Rows.insert(1)))).isInstanceOf(StoreClosedException.class);
        List<Long> there = Rows.numbers(open());
        assertThat(there).containsAll(acknowledged).doesNotHaveDuplicates();
        assertThat(there.size()).as("besides, at most the one in flight").isBetween(acknowledged.size(), acknowledged.size() + 1);
    }

    private static boolean isWritten(SqlStore store, long n) {
        return store.write(Rows.insert(n)).handle((rows, failure) -> failure == null).join();
    }

    @Test
    void isFullAtItsLimitAndKeepsAReserve() throws Exception {
        SqlStore store = open(LIMITS.withMaxBytes(1 << 20), Rows.FIRST);
        byte[] large = new byte[2_000_000];
        new Random(1).nextBytes(large);
        store.write(sql -> sql.update("INSERT INTO test_row (n, payload) VALUES (1, ?)", large)).join();

        Awaitility.await().untilAsserted(() -> assertThat(failure(store.write(Rows.insert(2))))
                .isInstanceOf(StoreFullException.class).hasMessageContaining("maxBytes is 1048576"));
        assertThat(store.writeFromReserve(sql -> sql.update("DELETE FROM test_row")).join()).isPositive();
        assertThat(notices.of(Notice.Degraded.class)).hasSize(1);

        try (Statement statement = connect().createStatement()) {
            statement.execute("VACUUM FULL test_row");
        }
        Awaitility.await().ignoreExceptions().until(() -> isWritten(store, 3));
    }

    @Test
    void saysThatAServerCannotBeReached() {
        StoreAddress nowhere = StoreAddress.parse("postgresql://nobody@127.0.0.1:1/none");

        assertThatThrownBy(() -> SqlStore.open(nowhere, List.of(), LIMITS, environment))
                .isInstanceOf(StoreException.class).hasMessageContaining("postgresql://nobody@127.0.0.1:1/none cannot be opened");
    }

    @Test
    void letsTwoProcessesClaimDifferentRows() throws Exception {
        SqlStore one = open(LIMITS, Rows.SECOND);
        SqlStore two = open(LIMITS, Rows.SECOND);
        for (long n = 0; n < 4; n++) {
            one.write(Rows.insert(n)).join();
        }
        String claim = "UPDATE test_row SET due = 100 WHERE id IN ("
                + "SELECT id FROM test_row WHERE due <= 7 ORDER BY due, id LIMIT 2"
                + Dialect.POSTGRESQL.claimSuffix() + ") RETURNING n";

        List<Long> claimed = one.write(sql -> {
            List<Long> first = sql.rows(claim, row -> row.getLong(1));
            first.addAll(two.write(other -> other.rows(claim, row -> row.getLong(1))).join());
            return first;
        }).join();

        assertThat(claimed).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }
}
