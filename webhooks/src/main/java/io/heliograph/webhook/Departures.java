package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.TopicFilter;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreClosedException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Takes leave of endpoints, however much waits for them: a few rows in each write, and a mark on disk says that there is more to do.
 *
 * <pre>
 *   there ---mark---> LEAVING ---few, few, few---> gone, and its sums with those of all that have left its tenant
 *                        |          |
 *                        |          '- each that waits goes to a member of its group that wants it, or is lost (left)
 *                        '- gets nothing any more, and is not sent to; a process that begins goes on from here
 * </pre>
 *
 * <p>What is under way then may have got through: it counts as lost all the same, or comes to another member too. Thread-safe; starts no
 * thread.
 */
final class Departures {

    /** The state of one that is marked; nobody else sees its row. */
    static final String LEAVING = "LEAVING";

    private static final int FEW = 500;
    private static final List<String> SUMS = Stream.concat(Stream.of("known", "handed_on", "delivered", "filtered", "failed", "duplicates",
            "waiting", "waiting_bytes"), DeliveryRows.LOSSES.stream().map(DeliveryRows::lossColumn)).toList();
    private static final String COLUMNS = String.join(", ", SUMS);
    private static final String ADD = "INSERT INTO webhooks_departed (tenant, " + COLUMNS + ") VALUES (?" + ", ?".repeat(SUMS.size())
            + ") ON CONFLICT (tenant) DO UPDATE SET "
            + SUMS.stream().map(sum -> sum + " = webhooks_departed." + sum + " + excluded." + sum).collect(Collectors.joining(", "));
    private static final String TOTAL = "SELECT " + SUMS.stream().map(sum -> "coalesce(sum(" + sum + "), 0) AS " + sum)
            .collect(Collectors.joining(", ")) + " FROM (SELECT " + COLUMNS + " FROM webhooks_departed WHERE tenant = ? UNION ALL SELECT "
            + COLUMNS + " FROM webhooks_endpoint WHERE tenant = ? AND state = '" + LEAVING + "') AS departed";
    /** One text for each state, since each has an index of its own. */
    private static final List<String> WAITING =
            List.of("state = 0", "state = 2 AND state <= 2 AND order_key IS NOT NULL", "state = 1 AND lease_ms > -1");

    private final SqlStore store;
    private final EndpointDirectory directory;
    private final Environment environment;
    private final Consumer<String> changed;
    /** Marked, and not gone yet. */
    private final Set<String> leaving = ConcurrentHashMap.newKeySet();
    private final Set<String> underWay = ConcurrentHashMap.newKeySet();

    /** @param changed hears, on the store's thread, of endpoints that have got something to send */
    Departures(SqlStore store, EndpointDirectory directory, Environment environment, Consumer<String> changed) {
        this.store = store;
        this.directory = directory;
        this.environment = environment;
        this.changed = changed;
    }

    /** Goes on with those that a process before this one has marked. */
    void begin() {
        leaving.addAll(store.read(sql -> sql.rows("SELECT id FROM webhooks_endpoint WHERE state = '" + LEAVING + "'",
                row -> row.getString(1))));
        goOn();
    }

    /** Marks one inside a write; it is to be {@link #leave left} when that is on disk. */
    void mark(Statements sql, String id) throws SQLException {
        sql.update("UPDATE webhooks_endpoint SET state = '" + LEAVING + "' WHERE id = ?", id);
    }

    /** Takes leave of one that is marked on disk; completes, in any case, after the first few of what waits for it. */
    CompletableFuture<Void> leave(String id) {
        leaving.add(id);
        return goOn(id);
    }

    /** Goes on where the store was busy, or closed to this. */
    void goOn() {
        leaving.forEach(this::goOn);
    }

    private CompletableFuture<Void> goOn(String id) {
        if (!underWay.add(id)) {
            return CompletableFuture.allOf();
        }
        CompletableFuture<Moved> moving = store.writeFromReserve(sql -> few(sql, id));
        // One that fails stays marked, and is gone on with later.
        return moving.whenComplete((moved, failure) -> underWay.remove(id)).thenAccept(moved -> {
            moved.heirs.forEach(changed);
            if (moved.isAll) {
                leaving.remove(id);
            } else {
                var _ = goOn(id);
            }
        }).exceptionallyCompose(failure -> {
            Throwable cause = Refusals.cause(failure);
            if (!(cause instanceof StoreClosedException)) {
                environment.tell(new Notice.Degraded("outbox", "what waits for the removed endpoint " + id
                        + " stays there for now, and is tried again: " + cause));
            }
            return CompletableFuture.allOf();
        });
    }

    /** What endpoints that have left a tenant had, and those that are about to. */
    EndpointSums sums(String tenant) {
        return store.read(sql -> sql.row(TOTAL, EndpointSums::read, tenant, tenant)).orElseThrow();
    }

    private record Moved(Set<String> heirs, boolean isAll) {
    }

    private record Waiting(long id, long event) {
    }

    private record Left(String tenant, Optional<String> group, List<TopicFilter> topics, Optional<String> query) {

        static Left read(ResultSet row) throws SQLException {
            return new Left(row.getString(1), Optional.ofNullable(row.getString(2)),
                    Arrays.stream(row.getString(3).split(" ")).map(TopicFilter::of).toList(), Optional.ofNullable(row.getString(4)));
        }

        boolean wantsTheSameAs(Endpoint other) {
            return topics.equals(other.spec().topics()) && query.equals(other.spec().query());
        }
    }

    private Moved few(Statements sql, String id) throws SQLException {
        Optional<Left> left = sql.row("SELECT tenant, group_name, topics, query FROM webhooks_endpoint WHERE id = ? AND state = '" + LEAVING
                + "'", Left::read, id);
        if (left.isEmpty()) {
            // Another process has done it.
            return new Moved(Set.of(), true);
        }
        List<Waiting> few = waiting(sql, id);
        Map<String, List<Long>> moving = new LinkedHashMap<>();
        var lost = new ArrayList<Long>();
        int turn = 0;
        for (Waiting one : few) {
            heir(sql, left.get(), one, turn++).ifPresentOrElse(heir -> moving.computeIfAbsent(heir, name -> new ArrayList<>()).add(one.id),
                    () -> lost.add(one.id));
        }
        var balances = new Balances(sql);
        for (Map.Entry<String, List<Long>> entry : moving.entrySet()) {
            DeliveryRows.bequeath(sql, balances, id, entry.getKey(), entry.getValue(), nowMs());
        }
        DeliveryRows.loseAll(sql, balances, id, lost, LossReason.LEFT);
        balances.flush();
        boolean isAll = few.size() < FEW;
        if (isAll) {
            conclude(sql, id);
        }
        return new Moved(new HashSet<>(moving.keySet()), isAll);
    }

    private long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }

    private static List<Waiting> waiting(Statements sql, String id) throws SQLException {
        var waiting = new ArrayList<Waiting>();
        for (String state : WAITING) {
            if (waiting.size() < FEW) {
                waiting.addAll(sql.rows("SELECT id, event FROM webhooks_delivery WHERE endpoint = ? AND " + state + " LIMIT ?",
                        row -> new Waiting(row.getLong(1), row.getLong(2)), id, FEW - waiting.size()));
            }
        }
        return waiting;
    }

    /** The member of the group whose turn it is, of those that want the event. */
    private Optional<String> heir(Statements sql, Left left, Waiting one, int turn) throws SQLException {
        List<Endpoint> members = left.group.map(group -> directory.takingMembers(left.tenant, group)).orElse(List.of());
        List<Endpoint> wanting = members.stream().filter(left::wantsTheSameAs).toList();
        if (wanting.size() < members.size()) {
            Submission submission = Recovery.submission(sql, one.event);
            wanting = members.stream().filter(member -> directory.wants(member, submission)).toList();
        }
        return wanting.isEmpty() ? Optional.empty() : Optional.of(wanting.get(turn % wanting.size()).id());
    }

    private static void conclude(Statements sql, String id) throws SQLException {
        Optional<Object[]> sums = sql.row("DELETE FROM webhooks_endpoint WHERE id = ? AND state = '" + LEAVING + "' RETURNING tenant, "
                + COLUMNS, Departures::read, id);
        if (sums.isPresent()) {
            sql.update(ADD, sums.get());
        }
    }

    private static Object[] read(ResultSet row) throws SQLException {
        var columns = new Object[1 + SUMS.size()];
        columns[0] = row.getString(1);
        for (int i = 1; i < columns.length; i++) {
            columns[i] = row.getLong(1 + i);
        }
        return columns;
    }
}
