package io.heliograph.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
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
    void letsTwoProcessesClaimDifferentRows() throws Exception {
        SqlStore one = open(LIMITS, Rows.SECOND);
        SqlStore two = open(LIMITS, Rows.SECOND);
        for (long n = 0; n < 4; n++) {
            one.write(Rows.insert(n)).join();
        }
        String claim = "UPDATE test_row SET due = 100 WHERE id IN (SELECT id FROM test_row WHERE due <= 7 ORDER BY due, id LIMIT 2"
                + Dialect.POSTGRESQL.claimSuffix() + ") RETURNING n";

        List<Long> claimed = one.write(sql -> {
            List<Long> first = sql.rows(claim, row -> row.getLong(1));
            first.addAll(two.write(other -> other.rows(claim, row -> row.getLong(1))).join());
            return first;
        }).join();

        assertThat(claimed).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
    }
}
