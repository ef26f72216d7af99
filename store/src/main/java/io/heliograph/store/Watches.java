package io.heliograph.store;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import java.sql.SQLException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Finds out whether other connections have committed rows that somebody waits for. Where the database counts foreign commits,
 * a look costs one number; only when that has changed, or rows were there at the last look, are the probes run. {@link #add} is
 * thread-safe, the rest confined to the writer thread.
 */
final class Watches {

    /** One probe and who is told. */
    private static final class Probe {
        private final String query;
        private final Runnable listener;

        /** Begins so: rows may have been committed before this store was opened. */
        private boolean mayHaveRows = true;

        Probe(String query, Runnable listener) {
            this.query = query;
            this.listener = listener;
        }
    }

    private final List<Probe> probes = new CopyOnWriteArrayList<>();
    private final Database database;
    private final Environment environment;
    private OptionalLong seen = OptionalLong.empty();

    Watches(Database database, Environment environment) {
        this.database = database;
        this.environment = environment;
    }

    Watch add(String query, Runnable listener) {
        var probe = new Probe(query, listener);
        probes.add(probe);
        return () -> probes.remove(probe);
    }

    boolean isEmpty() {
        return probes.isEmpty();
    }

    void look(Statements sql) throws LostStoreException {
        OptionalLong now = foreignCommits(sql);
        boolean isChanged = now.isEmpty() || !now.equals(seen);
        seen = now;
        for (Probe probe : probes) {
            if (isChanged || probe.mayHaveRows) {
                look(probe, sql);
            }
        }
    }

    private OptionalLong foreignCommits(Statements sql) throws LostStoreException {
        try {
            return database.foreignCommits(sql);
        } catch (SQLException e) {
            throw new LostStoreException(e);
        }
    }

    private void look(Probe probe, Statements sql) throws LostStoreException {
        try {
            probe.mayHaveRows = sql.row(probe.query, row -> true).isPresent();
        } catch (SQLException e) {
            if (database.judge(e) == Fault.LOST) {
                throw new LostStoreException(e);
            }
            probes.remove(probe);
            environment.tell(new Notice.Degraded(database.name(),
                    "no longer watched, '" + probe.query + "' failed: " + e.getMessage()));
            return;
        }
        if (probe.mayHaveRows) {
            tell(probe);
        }
    }

    private static void tell(Probe probe) {
        try {
            probe.listener.run();
        } catch (RuntimeException e) {
            // Its rows are still there, and it is told again at the next look.
        }
    }
}
