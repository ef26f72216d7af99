package io.heliograph.alert;

import io.heliograph.ConfigException;
import io.heliograph.search.SearchConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of {@link Alerts}. Immutable.
 *
 * @param search            how each tenant's searches are matched
 * @param searchesPerTenant saved searches of a tenant, 1 to 10,000,000
 * @param tenants           tenants that have searches, 1 to 10,000: each has an index of its own
 * @param hops              how many alerts in a row may lead to each other, 1 to 100
 * @param slice             matches written together, 1 to 10,000: an event with more lets others come in between
 * @param digestEvents      matches that a digest lists, 1 to 1,000; more are counted in it
 * @param windowEntries     what conditions keep in memory, in events, 1 to 100,000,000; beyond it the longest unused are given up
 * @param retention         how long alerts are listed, 1 min to 10 years
 * @param cache             a folder for the index of the searches, so that a start is faster; it may be removed while no process runs
 */
public record AlertsConfig(SearchConfig search, int searchesPerTenant, int tenants, int hops, int slice, int digestEvents,
        int windowEntries, Duration retention, Optional<Path> cache) {

    private static final AlertsConfig DEFAULTS =
            new AlertsConfig(SearchConfig.defaults(), 200_000, 1_000, 3, 500, 100, 1_000_000, Duration.ofDays(30), Optional.empty());

    /** @throws ConfigException if a value is out of its bounds */
    public AlertsConfig {
        require("searchesPerTenant", searchesPerTenant, 10_000_000);
        require("tenants", tenants, 10_000);
        require("hops", hops, 100);
        require("slice", slice, 10_000);
        require("digestEvents", digestEvents, 1_000);
        require("windowEntries", windowEntries, 100_000_000);
        if (retention.compareTo(Duration.ofMinutes(1)) < 0 || retention.compareTo(Duration.ofDays(3650)) > 0) {
            throw new ConfigException("retention", retention, "1 min to 10 years");
        }
    }

    private static void require(String setting, int value, int most) {
        if (value < 1 || value > most) {
            throw new ConfigException(setting, value, "1 to " + most);
        }
    }

    /** 200,000 searches for each of 1,000 tenants, 3 hops, slices of 500, digests of 100, a million in windows, 30 days, no cache. */
    public static AlertsConfig defaults() {
        return DEFAULTS;
    }

    /** The same with so many searches for each tenant. */
    public AlertsConfig withSearchesPerTenant(int most) {
        return new AlertsConfig(search, most, tenants, hops, slice, digestEvents, windowEntries, retention, cache);
    }

    /** The same with so many hops. */
    public AlertsConfig withHops(int most) {
        return new AlertsConfig(search, searchesPerTenant, tenants, most, slice, digestEvents, windowEntries, retention, cache);
    }

    /** The same with other slices. */
    public AlertsConfig withSlice(int matches) {
        return new AlertsConfig(search, searchesPerTenant, tenants, hops, matches, digestEvents, windowEntries, retention, cache);
    }

    /** The same with so many matches in a digest. */
    public AlertsConfig withDigestEvents(int most) {
        return new AlertsConfig(search, searchesPerTenant, tenants, hops, slice, most, windowEntries, retention, cache);
    }

    /** The same with so much in windows. */
    public AlertsConfig withWindowEntries(int most) {
        return new AlertsConfig(search, searchesPerTenant, tenants, hops, slice, digestEvents, most, retention, cache);
    }

    /** The same with another retention. */
    public AlertsConfig withRetention(Duration other) {
        return new AlertsConfig(search, searchesPerTenant, tenants, hops, slice, digestEvents, windowEntries, other, cache);
    }

    /** The same with a folder for a cache. */
    public AlertsConfig withCache(Path folder) {
        return new AlertsConfig(search, searchesPerTenant, tenants, hops, slice, digestEvents, windowEntries, retention, Optional.of(folder));
    }
}
