package io.heliograph.store;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.sql.SQLException;

/** Whether the tables still have room, by the store's limit. Confined to the writer thread. */
final class Quota {

    private final Database database;
    private final StoreLimits limits;
    private final Environment environment;

    private long measuredNs;
    private boolean isMeasured;
    private boolean isFull;
    private long usedBytes;

    Quota(Database database, StoreLimits limits, Environment environment) {
        this.database = database;
        this.limits = limits;
        this.environment = environment;
    }

    /** Looks again, if the last look is too old. */
    void measure(Statements sql) throws SQLException {
        long nowNs = environment.clock().nanoTime();
        if (isMeasured && nowNs - measuredNs < database.usedBytesHold().toNanos()) {
            return;
        }
        usedBytes = database.usedBytes(sql);
        measuredNs = nowNs;
        isMeasured = true;
        boolean isFullNow = usedBytes >= limits.maxBytes();
        if (isFullNow && !isFull) {
            environment.tell(new Notice.Degraded(database.name(), message()));
        }
        isFull = isFullNow;
    }

    /** Whether a write has to be refused, unless it may use the reserve. */
    boolean isFull() {
        return isFull;
    }

    /** Says so, with numbers. */
    String message() {
        return database.name() + " is full: its tables take " + usedBytes + " bytes, the limit maxBytes is " + limits.maxBytes()
                + "; remove rows, keep them for a shorter time, or raise the limit";
    }
}
