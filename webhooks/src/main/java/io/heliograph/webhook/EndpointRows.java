package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.store.Statements;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/**
 * Endpoints as rows. Keys, fields and the query of the URL are sealed for their endpoint. Thread-safe.
 *
 * <pre>
 * secrets   until_ms or -, a space, the sealed key; one a line, the newest first
 * headers   sealed: NAME: VALUE, one a line
 * url       up to its query; with it in rows that a version before wrote
 * url_query sealed, if there is one
 * topics, retry_ms   with spaces between
 * </pre>
 */
final class EndpointRows {

    private static final String NO_END = "-";

    private final SecretSeal seal;

    EndpointRows(SecretSeal seal) {
        this.seal = seal;
    }

    void insert(Statements sql, Endpoint endpoint) throws SQLException {
        sql.update("INSERT INTO webhooks_endpoint (id, tenant, url, topics, secrets, headers, group_name, policy, concurrency,"
                + " ordering, rate_max, rate_per_ms, mode, timeout_ms, retry_ms, state, reason, failures, failing_since_ms, origin,"
                + " query, batch, url_query) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                columns(endpoint).toArray());
    }

    void update(Statements sql, Endpoint endpoint) throws SQLException {
        List<Object> columns = columns(endpoint);
        columns.add(columns.removeFirst());
        sql.update("UPDATE webhooks_endpoint SET tenant = ?, url = ?, topics = ?, secrets = ?, headers = ?, group_name = ?,"
                + " policy = ?, concurrency = ?, ordering = ?, rate_max = ?, rate_per_ms = ?, mode = ?, timeout_ms = ?,"
                + " retry_ms = ?, state = ?, reason = ?, failures = ?, failing_since_ms = ?, origin = ?, query = ?, batch = ?,"
                + " url_query = ? WHERE id = ?",
                columns.toArray());
    }

    void updateHealth(Statements sql, String id, EndpointHealth health) throws SQLException {
        sql.update("UPDATE webhooks_endpoint SET failures = ?, failing_since_ms = ? WHERE id = ?", health.failuresInARow(),
                health.failingSince().map(Instant::toEpochMilli), id);
    }

    void disable(Statements sql, String id, String why) throws SQLException {
        sql.update("UPDATE webhooks_endpoint SET state = 'DISABLED', reason = ? WHERE id = ? AND state = 'ACTIVE'", why, id);
    }

    /**
     * What a row holds, as far as it opens.
     *
     * @param endpoint     with keys that sign nothing of its own, no fields and no query in its URL, if it is locked
     * @param locked       why its secrets do not open
     * @param hasOpenQuery whether its row is to be written again, since a version before did not seal the query of its URL
     */
    record Opened(Endpoint endpoint, Optional<String> locked, boolean hasOpenQuery) {
    }

    List<Opened> all(Statements sql) throws SQLException {
        return sql.rows("SELECT * FROM webhooks_endpoint WHERE state <> '" + Departures.LEAVING + "' ORDER BY id", this::readIfItOpens);
    }

    private Opened readIfItOpens(ResultSet row) throws SQLException {
        try {
            return new Opened(read(row), Optional.empty(), hasOpenQuery(row));
        } catch (SealedException e) {
            return new Opened(read(row, "", KeyRing.of(WebhookSecret.generate(new SecureRandom())), CustomHeaders.NONE),
                    Optional.of(String.valueOf(e.why.getMessage())), false);
        }
    }

    private static boolean hasOpenQuery(ResultSet row) throws SQLException {
        return row.getString("url").indexOf('?') >= 0;
    }

    /** Gives it new keys, and takes away the fields and the query that no one can read any more. */
    void rekey(Statements sql, String id, KeyRing keys) throws SQLException {
        sql.update("UPDATE webhooks_endpoint SET secrets = ?, headers = '', url_query = NULL WHERE id = ?", secrets(id, keys), id);
    }

    Optional<Endpoint> find(Statements sql, String id) throws SQLException {
        try {
            return sql.row("SELECT * FROM webhooks_endpoint WHERE id = ? AND state <> '" + Departures.LEAVING + "'", this::read, id);
        } catch (SealedException e) {
            throw e.why;
        }
    }

    private List<Object> columns(Endpoint endpoint) {
        EndpointSpec spec = endpoint.spec();
        return new ArrayList<>(List.of(endpoint.id(), endpoint.tenant(), upToQuery(spec.target()),
                spec.topics().stream().map(TopicFilter::toString).collect(Collectors.joining(" ")), secrets(endpoint.id(), spec.keys()),
                headers(endpoint), spec.group(), spec.policy().text(), spec.limits().concurrency(), spec.limits().ordering().name(),
                spec.limits().rate().map(RateLimit::max), spec.limits().rate().map(rate -> rate.per().toMillis()), spec.mode().name(),
                spec.timeout().toMillis(),
                spec.retry().delays().stream().map(delay -> Long.toString(delay.toMillis())).collect(Collectors.joining(" ")),
                endpoint.state().name(), endpoint.reason(), endpoint.health().failuresInARow(),
                endpoint.health().failingSince().map(Instant::toEpochMilli), spec.origin(), spec.query(),
                spec.batch().isPresent() ? Optional.of(spec.batch().getAsInt()) : Optional.empty(), query(endpoint)));
    }

    private static String upToQuery(TargetUrl target) {
        String url = target.reveal();
        int question = url.indexOf('?');
        return question < 0 ? url : url.substring(0, question);
    }

    private Optional<String> query(Endpoint endpoint) {
        String url = endpoint.spec().target().reveal();
        int question = url.indexOf('?');
        return question < 0 ? Optional.empty() : Optional.of(seal.seal(endpoint.id(), url.substring(question)));
    }

    private String secrets(String id, KeyRing keys) {
        return keys.keys().stream()
                .map(entry -> entry.until().map(until -> Long.toString(until.toEpochMilli())).orElse(NO_END) + " "
                        + seal.seal(id, entry.key().reveal()))
                .collect(Collectors.joining("\n"));
    }

    private String headers(Endpoint endpoint) {
        List<HttpHeader> headers = endpoint.spec().headers().headers();
        return headers.isEmpty() ? "" : headers.stream()
                .map(header -> seal.seal(endpoint.id(), header.name() + ": " + header.value())).collect(Collectors.joining("\n"));
    }

    private Endpoint read(ResultSet row) throws SQLException {
        String id = row.getString("id");
        Optional<String> query = Optional.ofNullable(row.getString("url_query")).map(sealed -> open(id, sealed));
        return read(row, query.orElse(""), keys(id, row.getString("secrets")), readHeaders(id, row.getString("headers")));
    }

    private static Endpoint read(ResultSet row, String query, KeyRing keys, CustomHeaders headers) throws SQLException {
        long perMs = row.getLong("rate_per_ms");
        Optional<RateLimit> rate = row.wasNull() ? Optional.empty()
                : Optional.of(new RateLimit(row.getInt("rate_max"), Duration.ofMillis(perMs)));
        long sinceMs = row.getLong("failing_since_ms");
        Optional<Instant> since = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(sinceMs));
        var limits = new EndpointLimits(row.getInt("concurrency"), Ordering.valueOf(row.getString("ordering")), rate,
                BreakerConfig.defaults());
        int size = row.getInt("batch");
        OptionalInt batch = row.wasNull() ? OptionalInt.empty() : OptionalInt.of(size);
        var spec = new EndpointSpec(TargetUrl.parse(row.getString("url") + query),
                Arrays.stream(row.getString("topics").split(" ")).map(TopicFilter::of).toList(),
                Optional.ofNullable(row.getString("query")), keys,
                Optional.ofNullable(row.getString("group_name")), FlowPolicy.parse(row.getString("policy")), limits, batch,
                ContentMode.valueOf(row.getString("mode")), headers,
                Duration.ofMillis(row.getLong("timeout_ms")), RetrySchedule.defaults().withDelays(
                        Arrays.stream(row.getString("retry_ms").split(" ")).map(ms -> Duration.ofMillis(Long.parseLong(ms))).toList()),
                Optional.ofNullable(row.getString("origin")));
        return new Endpoint(row.getString("id"), row.getString("tenant"), spec, EndpointState.valueOf(row.getString("state")),
                row.getString("reason"), new EndpointHealth(row.getInt("failures"), since));
    }

    private KeyRing keys(String id, String lines) {
        return new KeyRing(lines.lines().map(line -> {
            int space = line.indexOf(' ');
            String until = line.substring(0, space);
            return new KeyRing.Entry(SigningKey.parse(open(id, line.substring(space + 1))),
                    until.equals(NO_END) ? Optional.empty() : Optional.of(Instant.ofEpochMilli(Long.parseLong(until))));
        }).toList());
    }

    private CustomHeaders readHeaders(String id, String lines) {
        return new CustomHeaders(lines.lines().map(line -> open(id, line)).map(line -> {
            int colon = line.indexOf(": ");
            return new HttpHeader(line.substring(0, colon), line.substring(colon + 2));
        }).toList());
    }

    private String open(String id, String sealed) {
        return switch (seal.open(id, sealed)) {
            case SecretSeal.Opening.Opened(String secret) -> secret;
            case SecretSeal.Opening.KeyLost(String key) -> throw new SealedException(new ConfigException("master key", key,
                    "one that is here: the secrets of endpoint " + id + " were sealed with this one"));
            case SecretSeal.Opening.Damaged(String why) -> throw new SealedException(new ConfigException("secrets of endpoint", id,
                    "as they were sealed, but " + why));
        };
    }

    /** What is sealed does not open. */
    private static final class SealedException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final ConfigException why;

        SealedException(ConfigException why) {
            super(why);
            this.why = why;
        }
    }
}
