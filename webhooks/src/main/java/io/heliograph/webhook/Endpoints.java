package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.LossReason;
import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The endpoints of an {@link Outbox}: on disk, and all of them in memory. A change is in force when its future completes; it
 * names the endpoint as it is then, and completes exceptionally with a {@link ConfigException} where there is none.
 * Thread-safe; starts no thread.
 */
public final class Endpoints {

    private static final int MAX_TENANT_LENGTH = 128;

    private final SqlStore store;
    private final EndpointRows rows;
    private final OutboxConfig config;
    private final Environment environment;
    private final Conditions conditions;
    private final EndpointDirectory directory;
    private final LockedEndpoints locked = new LockedEndpoints();
    private final List<Consumer<String>> listeners = new CopyOnWriteArrayList<>();
    private final Departures departures;

    private Endpoints(SqlStore store, SecretSeal seal, Conditions conditions, OutboxConfig config, Environment environment) {
        this.store = store;
        this.rows = new EndpointRows(seal);
        this.conditions = conditions;
        this.directory = new EndpointDirectory(conditions);
        this.config = config;
        this.environment = environment;
        this.departures = new Departures(store, directory, environment, this::tellChanged);
    }

    static Endpoints load(SqlStore store, SecretSeal seal, Conditions conditions, OutboxConfig config, Environment environment) {
        var endpoints = new Endpoints(store, seal, conditions, config, environment);
        List<EndpointRows.Opened> all = store.read(endpoints.rows::all);
        LockedEndpoints.requireOneOpen(all);
        all.forEach(endpoints::admit);
        endpoints.sealQueries(all);
        endpoints.departures.begin();
        return endpoints;
    }

    private void sealQueries(List<EndpointRows.Opened> all) {
        List<Endpoint> open = all.stream().filter(EndpointRows.Opened::hasOpenQuery).map(EndpointRows.Opened::endpoint).toList();
        if (!open.isEmpty()) {
            store.writeFromReserve(sql -> {
                for (Endpoint endpoint : open) {
                    rows.update(sql, endpoint);
                }
                return open.size();
            }).join();
        }
    }

    /** One that cannot be sent to, or whose query nobody understands, is there all the same, and says so. */
    private void admit(EndpointRows.Opened one) {
        Endpoint endpoint = one.endpoint();
        if (one.locked().isPresent()) {
            endpoint = locked.admit(endpoint, one.locked().get());
            tell(endpoint, one.locked().get());
        }
        try {
            directory.put(endpoint);
        } catch (ConfigException e) {
            // What it does not want must not gather; what it missed can be recovered.
            String why = "its query is not understood any more: " + e.getMessage();
            directory.put(endpoint.with(endpoint.spec().withQuery(Optional.empty())).with(EndpointState.DISABLED, why));
            tell(endpoint, why);
        }
    }

    private void tell(Endpoint endpoint, String why) {
        environment.tell(new Notice.Degraded(endpoint.spec().target().toString(),
                "nothing is sent to endpoint " + endpoint.id() + ": " + why));
    }

    /** Adds one; its id is {@code ep_...}. */
    public CompletableFuture<Endpoint> add(String tenant, EndpointSpec spec) {
        return add(tenant, spec, EndpointState.ACTIVE);
    }

    /** Adds one in another state than active, such as {@link EndpointState#PENDING} until its receiver has agreed. */
    public CompletableFuture<Endpoint> add(String tenant, EndpointSpec spec, EndpointState state) {
        if (tenant.isEmpty() || tenant.length() > MAX_TENANT_LENGTH) {
            return failed("tenant", tenant, "1 to " + MAX_TENANT_LENGTH + " characters");
        }
        if (directory.size() >= config.endpoints()) {
            return failed("endpoints", directory.size() + 1, "at most " + config.endpoints() + " (setting endpoints)");
        }
        try {
            spec.query().ifPresent(conditions::compile);
        } catch (ConfigException e) {
            return CompletableFuture.failedFuture(e);
        }
        String id = MessageId.generate(environment.random()).text().replaceFirst("msg", "ep");
        var endpoint = new Endpoint(id, tenant, spec, state, "", EndpointHealth.GOOD);
        return store.write(sql -> {
            rows.insert(sql, endpoint);
            return endpoint;
        }).thenApply(this::changed);
    }

    /** Changes what its owner says of it. What waits goes where it leads now; what is on its way goes where it led. */
    public CompletableFuture<Endpoint> update(String id, UnaryOperator<EndpointSpec> change) {
        return change(id, endpoint -> endpoint.with(change.apply(endpoint.spec())));
    }

    /**
     * Signs with a newer key; those it replaces go on beside it for a while. One whose secrets do not open, since their master key is
     * lost, has this key alone then, no fields of its own, and is sent to again.
     */
    public CompletableFuture<Endpoint> rotate(String id, SigningKey newest, Duration overlap) {
        if (locked.contains(id)) {
            return store.writeFromReserve(sql -> {
                rows.rekey(sql, id, KeyRing.of(newest));
                return rows.find(sql, id).orElseThrow(() -> new ConfigException("endpoint", id, "one that is there"));
            }).thenApply(endpoint -> {
                locked.remove(id);
                return changed(endpoint);
            });
        }
        return update(id, spec -> spec.withKeys(spec.keys().rotate(newest, overlap, now())));
    }

    /** Sends nothing for now; events go on to gather in its queue. */
    public CompletableFuture<Endpoint> pause(String id) {
        return change(id, endpoint -> endpoint.with(EndpointState.PAUSED, "paused by its owner"));
    }

    /** Sends again, also what waited meanwhile. */
    public CompletableFuture<Endpoint> resume(String id) {
        return change(id, endpoint -> endpoint.with(EndpointState.ACTIVE, ""));
    }

    /**
     * Its receiver agreed to be sent to, so it is.
     *
     * @param rate how often it may be called at most, if the receiver said so
     */
    public CompletableFuture<Endpoint> agreed(String id, Optional<RateLimit> rate) {
        return change(id, endpoint -> {
            EndpointSpec spec = endpoint.spec();
            Optional<RateLimit> lower = rate.filter(allowed -> spec.limits().rate().map(allowed::isLowerThan).orElse(true));
            return endpoint.with(lower.map(limit -> spec.withLimits(spec.limits().withRate(limit))).orElse(spec))
                    .with(EndpointState.ACTIVE, "");
        });
    }

    /** Its receiver has not agreed: nothing is sent and no new events are taken, until it does. */
    public CompletableFuture<Endpoint> awaitAgreement(String id, String why) {
        return change(id, endpoint -> endpoint.with(EndpointState.PENDING, why));
    }

    /** Sends nothing and takes no new events, until it is resumed; what waits is kept. */
    public CompletableFuture<Endpoint> disable(String id, String why) {
        return change(id, endpoint -> endpoint.with(EndpointState.DISABLED, why));
    }

    /**
     * Removes it. What waits for it goes to a member of its group that wants it, or is lost, as {@link LossReason#LEFT}; of much that
     * waits, only the first part before this completes.
     */
    public CompletableFuture<Void> remove(String id) {
        if (directory.find(id).isEmpty()) {
            return failed("endpoint", id, "one that is there");
        }
        var removed = new CopyOnWriteArrayList<Endpoint>();
        return store.writeFromReserve(sql -> {
            // What is stored after this, in the same commit too, is for others: else it would be for nobody.
            directory.find(id).ifPresent(removed::add);
            directory.remove(id);
            departures.mark(sql, id);
            return id;
        }).whenComplete((marked, failure) -> {
            if (failure != null) {
                removed.stream().filter(endpoint -> directory.find(id).isEmpty()).findFirst().ifPresent(directory::put);
            }
        }).thenCompose(marked -> {
            // A change that shares the commit has just put it there again.
            directory.remove(id);
            locked.remove(id);
            tellChanged(id);
            return departures.leave(id);
        });
    }

    /** Goes on with removals that the store had no time for. */
    void goOnRemoving() {
        departures.goOn();
    }

    /** The endpoint of that id. */
    public Optional<Endpoint> find(String id) {
        return directory.find(id);
    }

    /** A tenant's endpoints, by id. */
    public List<Endpoint> list(String tenant) {
        return List.copyOf(directory.of(tenant).values());
    }

    /**
     * Some of a tenant's endpoints, by id.
     *
     * @param after those behind this id; empty for the first ones
     * @param most  how many
     */
    public List<Endpoint> list(String tenant, String after, int most) {
        return directory.of(tenant).tailMap(after, false).values().stream().limit(most).toList();
    }

    /** The sums over their whole lives of a tenant's endpoints that were removed, all together. */
    public EndpointSums sumsOfRemoved(String tenant) {
        return departures.sums(tenant);
    }

    /** The sums of a tenant's endpoints over their whole lives, by id. */
    public Map<String, EndpointSums> sumsOf(String tenant) {
        var sums = new LinkedHashMap<String, EndpointSums>();
        store.read(sql -> sql.rows("SELECT * FROM webhooks_endpoint WHERE tenant = ? AND state <> '" + Departures.LEAVING + "' ORDER BY id",
                row -> Map.entry(row.getString("id"), EndpointSums.read(row)), tenant)).forEach(one -> sums.put(one.getKey(), one.getValue()));
        return sums;
    }

    /** An endpoint's sums over its whole life. */
    public Optional<EndpointSums> sums(String id) {
        return store.read(sql -> sql.row("SELECT * FROM webhooks_endpoint WHERE id = ? AND state <> '" + Departures.LEAVING + "'",
                EndpointSums::read, id));
    }

    /** Whether one of a tenant's endpoints is sent to. */
    boolean isAnyActive(String tenant) {
        return directory.of(tenant).values().stream().anyMatch(Endpoint::isActive);
    }

    /** Has {@code listener} told the id of each endpoint that changes; on the store's thread, so it is quick. */
    void onChange(Consumer<String> listener) {
        listeners.add(listener);
    }

    List<Endpoint> all() {
        return directory.all();
    }

    /** Finds out which queries an event matches, so that it need not be done inside a write. */
    void judge(Submission submission) {
        directory.judge(submission);
    }

    /** Who gets an event: all that want it, and of each group one after the other. */
    Receivers receivers(Submission submission) {
        return directory.receivers(submission);
    }

    /** Whether an endpoint wants an event, by topic and by query. */
    boolean wants(Endpoint endpoint, Submission submission) {
        return directory.wants(endpoint, submission);
    }

    /** The active members of its group, itself among them, by id; none if it is in no group. */
    List<Endpoint> activeMembers(Endpoint member) {
        return directory.activeMembers(member);
    }

    /** Another state of health, as part of the write that notes an attempt. */
    void writeHealth(Statements sql, Balances balances, String id, EndpointHealth.Next next) throws SQLException {
        rows.updateHealth(sql, id, next.health());
        if (next.change() == EndpointHealth.Change.DISABLED) {
            rows.disable(sql, id, why(next));
            Optional<Endpoint> endpoint = directory.find(id);
            if (endpoint.isPresent()) {
                handOnIfStopped(sql, balances, endpoint.get().with(EndpointState.DISABLED, ""));
            }
        }
    }

    /** The same in memory, on the store's thread, when it is on disk. */
    void healthChanged(String id, EndpointHealth.Next next) {
        directory.find(id).ifPresent(before -> {
            Endpoint after = before.with(next.health());
            if (next.change() == EndpointHealth.Change.DISABLED && before.isActive()) {
                changed(after.with(EndpointState.DISABLED, why(next)));
            } else {
                directory.put(after);
            }
        });
    }

    /** Also where the store is full: whatever fills it is to be sent again, and adds next to nothing. */
    private static String why(EndpointHealth.Next next) {
        return "disabled: " + next.why();
    }

    private CompletableFuture<Endpoint> change(String id, UnaryOperator<Endpoint> change) {
        return store.writeFromReserve(sql -> {
            // Changes run one after the other, but their effect in memory comes with the commit: so the row is read.
            Endpoint before = rows.find(sql, id).orElseThrow(() -> new ConfigException("endpoint", id, "one that is there"));
            Endpoint after = change.apply(before);
            after.spec().query().filter(query -> !before.spec().query().equals(Optional.of(query))).ifPresent(conditions::compile);
            rows.update(sql, after);
            if (after.spec().limits().ordering() != before.spec().limits().ordering()) {
                DeliveryRows.reorder(sql, after);
            }
            var balances = new Balances(sql);
            handOnIfStopped(sql, balances, after);
            balances.flush();
            return after;
        }).thenApply(this::changed);
    }

    private void handOnIfStopped(Statements sql, Balances balances, Endpoint endpoint) throws SQLException {
        if (!endpoint.isActive() && endpoint.spec().group().isPresent()) {
            Optional<Endpoint> other = activeMembers(endpoint).stream()
                    .filter(one -> !one.id().equals(endpoint.id()) && one.wantsTheSameAs(endpoint)).findFirst();
            if (other.isPresent()) {
                DeliveryRows.handOnAll(sql, balances, endpoint.id(), other.get().id());
            }
        }
    }

    private Endpoint changed(Endpoint endpoint) {
        directory.put(endpoint);
        tellChanged(endpoint.id());
        if (!endpoint.isActive()) {
            // What it had may be another's now.
            activeMembers(endpoint).forEach(member -> tellChanged(member.id()));
        }
        return endpoint;
    }

    private void tellChanged(String id) {
        listeners.forEach(listener -> listener.accept(id));
    }

    private Instant now() {
        return Instant.ofEpochMilli(environment.wallClock().epochNanos() / 1_000_000);
    }

    private static <T> CompletableFuture<T> failed(String setting, Object value, String allowed) {
        return CompletableFuture.failedFuture(new ConfigException(setting, value, allowed));
    }
}
