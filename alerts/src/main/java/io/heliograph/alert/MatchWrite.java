package io.heliograph.alert;

import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Writes what became of matches: alerts and their recipients, what waits for digests, statistics; and takes away the notes that the
 * events are to be matched. All in one transaction: so each event is matched once, as far as can be seen. Used once, inside a write.
 *
 * <p>Each event has a note of its own, in place of one number up to which all are matched: where several processes write to one
 * database, a later number may be there before an earlier one. Where two have matched the same event, the one that takes its note
 * away writes.
 */
final class MatchWrite {

    private final Statements sql;
    private final AlertWrite alerts;
    private final AlertsConfig config;
    private final long nowMs;

    /**
     * What is to be written together.
     *
     * @param done     events that are matched now
     * @param partly   an event of which a part is
     * @param outcomes what became of matches
     * @param json     the events, by row
     * @param costs    measured anew, in nanoseconds
     */
    record Batch(List<Long> done, Optional<Part> partly, List<Outcome> outcomes, Map<Long, String> json, Map<SearchKey, Long> costs) {
    }

    /**
     * How far an event with many matches is.
     *
     * @param from up to which search before
     * @param to   up to which one now
     */
    record Part(long event, Optional<String> from, String to) {
    }

    /**
     * What was written.
     *
     * @param own       the events whose notes were there
     * @param nextDueMs when a digest that was begun now is due
     */
    record Written(AlertWrite alerts, Set<Long> own, OptionalLong nextDueMs) {
    }

    private static final class Tally {
        private final long[] counts = new long[Outcome.Kind.values().length];
        private long matches;
        private long lastMs;

        long of(Outcome.Kind kind) {
            return counts[kind.ordinal()];
        }
    }

    MatchWrite(Statements sql, AlertWrite alerts, AlertsConfig config, long nowMs) {
        this.sql = sql;
        this.alerts = alerts;
        this.config = config;
        this.nowMs = nowMs;
    }

    Written write(Batch batch) throws SQLException {
        Set<Long> own = take(batch);
        List<Outcome> outcomes = batch.outcomes.stream()
                .filter(one -> one.kind() == Outcome.Kind.LATE || own.contains(one.about().row())).toList();
        for (Outcome one : outcomes) {
            if (one.isAlert()) {
                Optional<String> json = Optional.ofNullable(batch.json.get(one.about().row()));
                alerts.add(new AlertWrite.NewAlert(one.search(), one.alertId(), Optional.of(one.about().row()), json, one.hops(),
                        one.details()));
            }
        }
        alerts.finish();
        OptionalLong nextDueMs = gather(outcomes.stream().filter(one -> one.kind() == Outcome.Kind.GATHERED).toList());
        count(outcomes, batch.costs);
        return new Written(alerts, own, nextDueMs);
    }

    private Set<Long> take(Batch batch) throws SQLException {
        var own = new HashSet<>(sql.rowsOf("DELETE FROM alerts_pending WHERE event IN ", batch.done, " RETURNING event",
                row -> row.getLong(1)));
        if (batch.partly.isPresent()) {
            Part part = batch.partly.get();
            if (sql.update("UPDATE alerts_pending SET matched_to = ? WHERE event = ? AND coalesce(matched_to, '') = ?", part.to, part.event,
                    part.from.orElse("")) == 1) {
                own.add(part.event);
            }
        }
        return own;
    }

    private OptionalLong gather(List<Outcome> gathered) throws SQLException {
        Map<SearchKey, List<Outcome>> bySearch = new LinkedHashMap<>();
        for (Outcome one : gathered) {
            bySearch.computeIfAbsent(new SearchKey(one.search().tenant(), one.search().id()), key -> new ArrayList<>()).add(one);
        }
        long nextDueMs = Long.MAX_VALUE;
        for (Map.Entry<SearchKey, List<Outcome>> entry : bySearch.entrySet()) {
            nextDueMs = Math.min(nextDueMs, gather(entry.getKey(), entry.getValue()));
        }
        return nextDueMs == Long.MAX_VALUE ? OptionalLong.empty() : OptionalLong.of(nextDueMs);
    }

    private long gather(SearchKey key, List<Outcome> matches) throws SQLException {
        record Period(long dueMs, long matches) {
        }
        long dueMs = nowMs + matches.getFirst().search().spec().digest().orElseThrow().toMillis();
        Period period = sql.row("INSERT INTO alerts_period (tenant, search, began_ms, due_ms, matches) VALUES (?, ?, ?, ?, ?) ON CONFLICT"
                + " (tenant, search) DO UPDATE SET matches = alerts_period.matches + excluded.matches RETURNING due_ms, matches",
                row -> new Period(row.getLong(1), row.getLong(2)), key.tenant(), key.id(), nowMs, dueMs, matches.size()).orElseThrow();
        long before = period.matches - matches.size();
        var rows = new ArrayList<Object[]>();
        for (Outcome one : matches) {
            if (before + rows.size() < config.digestEvents()) {
                rows.add(new Object[] {key.tenant(), key.id(), one.about().row(), one.hops(), one.details()});
            }
        }
        sql.insert("INSERT INTO alerts_gathered (tenant, search, event, hops, details) VALUES ", rows);
        return period.dueMs;
    }

    private void count(List<Outcome> outcomes, Map<SearchKey, Long> costs) throws SQLException {
        var tallies = new HashMap<SearchKey, Tally>();
        for (Outcome one : outcomes) {
            Tally tally = tallies.computeIfAbsent(new SearchKey(one.search().tenant(), one.search().id()), key -> new Tally());
            tally.counts[one.kind().ordinal()]++;
            if (one.kind() != Outcome.Kind.LATE) {
                // The match of a late one was counted when it was held.
                tally.matches++;
                tally.lastMs = Math.max(tally.lastMs, one.about().atMs());
            }
        }
        var rows = new ArrayList<Object[]>();
        tallies.forEach((key, tally) -> rows.add(row(key, tally, costs.getOrDefault(key, 0L))));
        sql.insert("INSERT INTO alerts_statistics (tenant, search, matches, alerts, held, throttled, muted, looped, gathered, late, cost_ns,"
                + " last_ms) VALUES ", rows, " ON CONFLICT (tenant, search) DO UPDATE SET matches = alerts_statistics.matches"
                + " + excluded.matches, alerts = alerts_statistics.alerts + excluded.alerts, held = alerts_statistics.held + excluded.held,"
                + " throttled = alerts_statistics.throttled + excluded.throttled, muted = alerts_statistics.muted + excluded.muted,"
                + " looped = alerts_statistics.looped + excluded.looped, gathered = alerts_statistics.gathered + excluded.gathered,"
                + " late = alerts_statistics.late + excluded.late, cost_ns = CASE WHEN excluded.cost_ns > 0 THEN excluded.cost_ns"
                + " ELSE alerts_statistics.cost_ns END, last_ms = coalesce(excluded.last_ms, alerts_statistics.last_ms) RETURNING search",
                row -> row.getString(1));
    }

    private static Object[] row(SearchKey key, Tally tally, long costNs) {
        Optional<Long> lastMs = tally.matches == 0 ? Optional.empty() : Optional.of(tally.lastMs);
        return new Object[] {key.tenant(), key.id(), tally.matches, tally.of(Outcome.Kind.ALERT), tally.of(Outcome.Kind.HELD),
            tally.of(Outcome.Kind.THROTTLED), tally.of(Outcome.Kind.MUTED), tally.of(Outcome.Kind.LOOPED), tally.of(Outcome.Kind.GATHERED),
            tally.of(Outcome.Kind.LATE), costNs, lastMs};
    }
}
