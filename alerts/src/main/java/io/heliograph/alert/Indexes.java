package io.heliograph.alert;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.store.SqlStore;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * All tenants' searches in memory, which follow the store: they are at a generation, and behind by what was changed since. Whoever
 * matches brings them to the generation it needs before.
 *
 * <p>Thread-safe: {@link #catchUp} belongs to the matcher's thread, the rest to any.
 */
final class Indexes implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SqlStore store;
    private final AlertsConfig config;
    private final Environment environment;
    private final Map<String, TenantIndex> byTenant = new ConcurrentHashMap<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private long at;
    private long acknowledged;
    private boolean isClosed;

    Indexes(SqlStore store, AlertsConfig config, Environment environment) {
        this.store = store;
        this.config = config;
        this.environment = environment;
    }

    /** The tenant's, which is made if there is none. */
    TenantIndex of(String tenant) {
        TenantIndex known = byTenant.get(tenant);
        if (known != null) {
            return known;
        }
        if (byTenant.size() >= config.tenants()) {
            throw new QuotaException(byTenant.size() + " tenants have searches: no more may (setting tenants)");
        }
        return byTenant.computeIfAbsent(tenant, name -> new TenantIndex(name, cache(name), config.search(), environment));
    }

    /** Tenants' names need not be names of files. */
    private Optional<Path> cache(String tenant) {
        return config.cache().map(folder -> folder.resolve(AlertEvents.id("", "cache", tenant).substring(0, 32)));
    }

    /** All that is stored is here: what a cache has besides is not needed. */
    void begin(long generation) {
        catchUp(generation);
        byTenant.values().forEach(TenantIndex::forgetTheRest);
    }

    /** Writes them to the cache, if there is one: once nobody changes them any more. */
    void save() {
        byTenant.forEach((name, tenant) -> cache(name).ifPresent(folder -> {
            try {
                tenant.save(folder);
            } catch (UncheckedIOException e) {
                environment.tell(new Notice.Degraded("cache of searches in " + folder, "not written, so the next start is slower: " + e.getMessage()));
            }
        }));
    }

    Optional<TenantIndex> find(String tenant) {
        return Optional.ofNullable(byTenant.get(tenant));
    }

    int searches() {
        return byTenant.values().stream().mapToInt(tenant -> tenant.searches().size()).sum();
    }

    /** How many have a condition. */
    long conditions() {
        return byTenant.values().stream().flatMap(tenant -> tenant.searches().stream())
                .filter(search -> search.spec().when().isPresent()).count();
    }

    /** Brings them up to a generation of the store, which is there. */
    void catchUp(long generation) {
        long have = at();
        while (have < generation) {
            long from = have;
            SearchRows.Changes changes = store.read(sql -> SearchRows.since(sql, from));
            apply(changes);
            have = changes.to();
            moveTo(have);
        }
    }

    private void apply(SearchRows.Changes changes) {
        changes.fields().forEach(one -> take(one.tenant()).ifPresent(tenant -> tenant.take(one.field())));
        changes.schemas().forEach(one -> take(one.tenant()).ifPresent(tenant -> tenant.settle(one)));
        changes.deleted().forEach(key -> find(key.tenant()).ifPresent(tenant -> tenant.remove(key.id())));
        changes.put().stream().collect(Collectors.groupingBy(SavedSearch::tenant))
                .forEach((name, searches) -> take(name).ifPresent(tenant -> tenant.put(searches)));
    }

    /** Of a store that has more tenants than are allowed now, some are left out. */
    private Optional<TenantIndex> take(String tenant) {
        try {
            return Optional.of(of(tenant));
        } catch (QuotaException e) {
            environment.tell(new Notice.Degraded("searches of tenant " + tenant, "left out: " + e.getMessage()));
            return Optional.empty();
        }
    }

    private void moveTo(long generation) {
        lock.lock();
        try {
            at = generation;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private long at() {
        lock.lock();
        try {
            return at;
        } finally {
            lock.unlock();
        }
    }

    /** A change is on disk; from now on {@link #awaitAcknowledged} waits for it. */
    void acknowledge(long revision) {
        lock.lock();
        try {
            acknowledged = Math.max(acknowledged, revision);
        } finally {
            lock.unlock();
        }
    }

    /** Waits until all that was acknowledged is in memory. */
    void awaitAcknowledged() {
        lock.lock();
        try {
            long wanted = acknowledged;
            long endNs = environment.clock().nanoTime() + PATIENCE.toNanos();
            while (at < wanted && !isClosed) {
                if (environment.clock().nanoTime() - endNs >= 0) {
                    throw new IllegalStateException("searches are at generation " + at + ", and not yet at " + wanted);
                }
                environment.clock().await(lock, moved, endNs);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while searches are brought up to date", e);
        } finally {
            lock.unlock();
        }
    }

    /** Takes some that are on their way out from the indexes; says whether more are. */
    boolean tidy(int most) {
        for (TenantIndex tenant : List.copyOf(byTenant.values())) {
            for (int i = 0; i < most; i++) {
                if (!tenant.tidy()) {
                    break;
                }
                if (i == most - 1) {
                    return true;
                }
            }
        }
        return false;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            isClosed = true;
            moved.signalAll();
        } finally {
            lock.unlock();
        }
        byTenant.values().forEach(TenantIndex::close);
    }
}
