package io.heliograph.alert;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.Notice;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.cloudevents.CloudEventJson;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.search.Detail;
import io.heliograph.search.Match;
import io.heliograph.search.SearchCounts;
import io.heliograph.search.Trial;
import io.heliograph.spi.Environment;
import io.heliograph.store.Schema;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Watch;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.OutboxObserver;
import io.heliograph.webhook.OutboxWrite;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * An alert for each event that a saved search matches. Events come by an {@link Outbox}: what that has acknowledged is matched, whatever
 * happens to the process; alerts go to its endpoints, to addresses, to a list and to whoever follows.
 *
 * <pre>{@code
 * SqlStore store = SqlStore.open(address, List.of(Outbox.schema(), Alerts.schema()), limits, environment);
 * Outbox outbox = Outbox.open(store, seal, Conditions.NONE, Alerts.observer(), OutboxConfig.defaults(), environment);
 * Alerts alerts = Alerts.open(store, outbox, Map.of("desk", publisher), AlertsConfig.defaults(), environment);
 * alerts.searches().put("default", "gardens", SearchSpec.of("title:garden"), Expectation.ANYTHING).join();
 * }</pre>
 *
 * <p>Thread-safe. Owns the daemon threads {@code heliograph-alert-matcher} and, for each address and one for all endpoints,
 * {@code heliograph-alert-sender NAME}; and those of a {@link io.heliograph.search.SearchIndex} for each tenant that has searches.
 */
public final class Alerts implements AutoCloseable {

    private static final int LOOKED_THROUGH = 10_000;
    private static final String RESERVED = "heliograph.";
    private static final Duration DELETIONS_KEPT = Duration.ofDays(1);

    private final SqlStore store;
    private final AlertsConfig config;
    private final Environment environment;
    private final Indexes indexes;
    private final Matcher matcher;
    private final SavedSearches searches;
    private final Sender heldUp;
    private final Map<String, Sender> senders = new LinkedHashMap<>();
    private final List<Consumer<Alert>> followers = new CopyOnWriteArrayList<>();
    private final Watch watch;
    private final Readiness readiness;

    /**
     * How long it took until all searches could be matched.
     *
     * @param searches how many
     * @param took     since it was opened
     */
    public record Readiness(int searches, Duration took) {
    }

    private Alerts(SqlStore store, Outbox outbox, Map<String, Publisher> addresses, AlertsConfig config, Environment environment) {
        this.store = store;
        this.config = config;
        this.environment = environment;
        this.indexes = new Indexes(store, config, environment);
        this.matcher = new Matcher(store, outbox, indexes, config, environment, this::written);
        this.searches = new SavedSearches(store, indexes, outbox.endpoints(), addresses.keySet(), config, environment, matcher::wake);
        addresses.forEach((name, publisher) -> senders.put(name,
                new Sender(name, alert -> publisher.publish(alert.event()), store, environment)));
        this.heldUp = new Sender(AlertWrite.ENDPOINTS, alert -> offer(outbox, alert), store, environment);
        senders.put(AlertWrite.ENDPOINTS, heldUp);

        long fromNs = environment.clock().nanoTime();
        indexes.begin(store.read(SearchRows::generation));
        readiness = new Readiness(indexes.searches(), Duration.ofNanos(environment.clock().nanoTime() - fromNs));
        tellWhatBeginsAnew();
        outbox.follow(published -> matcher.wake());
        senders.values().forEach(Sender::start);
        matcher.start();
        watch = store.watch("SELECT 1 FROM alerts_pending LIMIT 1", matcher::wake);
    }

    /** Its tables, for whoever opens the store; they go with {@link Outbox#schema}. */
    public static Schema schema() {
        return Schema.of("alerts", Alerts.class, "001-alerts.sql", "002-schema.sql");
    }

    /** Notes events to be matched, in the transaction that stores them: for whoever opens the outbox. */
    public static OutboxObserver observer() {
        return PendingEvents.OBSERVER;
    }

    /**
     * Begins to match, when all searches are in memory; see {@link #readiness}.
     *
     * @param store     opened with {@link #schema} and {@link Outbox#schema}; not closed by this
     * @param outbox    opened with {@link #observer}; not closed by this
     * @param addresses where searches may have alerts sent ({@code address:NAME}), by name; not closed by this
     */
    public static Alerts open(SqlStore store, Outbox outbox, Map<String, Publisher> addresses, AlertsConfig config, Environment environment) {
        if (addresses.containsKey(AlertWrite.ENDPOINTS)) {
            throw new ConfigException("address name", "", "at least one character");
        }
        return new Alerts(store, outbox, addresses, config, environment);
    }

    private void tellWhatBeginsAnew() {
        long conditions = indexes.conditions();
        if (conditions > 0) {
            environment.tell(new Notice.Degraded("alerts", conditions + " searches with a condition (when) begin to count anew"));
        }
        List<String> waiting = store.read(sql -> sql.rows("SELECT DISTINCT recipient FROM alerts_outgoing", row -> row.getString(1)));
        waiting.stream().filter(name -> !senders.containsKey(name)).forEach(name ->
                environment.tell(new Notice.Degraded("alerts", "some wait for address " + name + ", which is not named any more")));
    }

    private PublishResult offer(Outbox outbox, Alert alert) {
        Optional<SavedSearch> search = indexes.find(alert.tenant()).flatMap(index -> index.search(alert.search()));
        Set<String> named = search.map(AlertWrite::endpoints).orElse(Set.of());
        record Offered(OutboxWrite write, PublishResult result) {
        }
        Offered offered = store.write(sql -> {
            OutboxWrite write = outbox.join(sql);
            write.add(alert.tenant(), alert.event(), named);
            return new Offered(write, write.finish().getFirst().result());
        }).join();
        offered.write.committed();
        return offered.result;
    }

    private void written(AlertWrite alerts) {
        alerts.recipients().forEach((recipient, counts) -> Optional.ofNullable(senders.get(recipient))
                .ifPresent(sender -> sender.added(counts)));
        for (Alert alert : alerts.alerts()) {
            followers.forEach(follower -> follower.accept(alert));
        }
    }

    /** The searches. */
    public SavedSearches searches() {
        return searches;
    }

    /** How long it took until all searches could be matched. */
    public Readiness readiness() {
        return readiness;
    }

    /**
     * A tenant's alerts, the latest first.
     *
     * @param search only those of this search
     * @param before only those with a lower position; {@link Long#MAX_VALUE} for all
     * @param most   how many
     */
    public List<Alert> page(String tenant, Optional<String> search, long before, int most) {
        return store.read(sql -> AlertRows.page(sql, tenant, search, before, most));
    }

    /** A tenant's alerts behind a position, the first of them first: for a follower that has missed some. */
    public List<Alert> after(String tenant, long position, int most) {
        return store.read(sql -> AlertRows.after(sql, tenant, position, most));
    }

    /** The alert of an id. */
    public Optional<Alert> find(String tenant, String id) {
        return store.read(sql -> AlertRows.find(sql, tenant, id));
    }

    /**
     * What an event led to.
     *
     * @param isMatched whether it has been matched, or need not be
     * @param alerts    of it, the first ones first
     */
    public record EventAlerts(boolean isMatched, List<Alert> alerts) {
    }

    /**
     * What an event led to so far; empty if there is no such event.
     *
     * @param id   its own, or its {@code webhook-id}
     * @param most how many alerts
     */
    public Optional<EventAlerts> ofEvent(String tenant, String id, int most) {
        return store.read(sql -> {
            Optional<Long> byMessage = sql.row("SELECT id FROM webhooks_event WHERE message = ? AND tenant = ?", row -> row.getLong(1), id,
                    tenant);
            Optional<Long> row = byMessage.isPresent() ? byMessage : sql.row("SELECT id FROM webhooks_event WHERE tenant = ? AND event_id = ?"
                    + " AND event_id IS NOT NULL ORDER BY id DESC LIMIT 1", r -> r.getLong(1), tenant, id);
            if (row.isEmpty()) {
                return Optional.empty();
            }
            boolean isPending = sql.row("SELECT 1 FROM alerts_pending WHERE event = ?", r -> true, row).isPresent();
            return Optional.of(new EventAlerts(!isPending, AlertRows.ofEvent(sql, row.get(), most)));
        });
    }

    /** Has {@code follower} told of each alert that is on disk, of all tenants; on the matcher's thread, so it is quick. */
    public void follow(Consumer<Alert> follower) {
        followers.add(follower);
    }

    /**
     * The searches that match each of some events, as they are now, with nothing delivered or counted. Conditions, throttles and the
     * like play no part.
     */
    public List<List<Match>> match(String tenant, List<Event> events) {
        indexes.awaitAcknowledged();
        Optional<TenantIndex> index = indexes.find(tenant);
        if (index.isEmpty()) {
            return events.stream().map(event -> List.<Match>of()).toList();
        }
        List<List<Match>> all = index.get().index().match(events, Set.of(Detail.CLAUSES, Detail.HIGHLIGHTS, Detail.SCORE));
        var result = new ArrayList<List<Match>>();
        for (int i = 0; i < events.size(); i++) {
            String topic = events.get(i).topic();
            result.add(all.get(i).stream().filter(match -> TenantIndex.partOf(match.searchId()) == 0
                    && index.get().search(match.searchId()).filter(search -> search.spec().wants(topic)).isPresent()).toList());
        }
        return result;
    }

    /**
     * What a search, which is not kept, makes of an event.
     *
     * @param event         the event
     * @param isTopicWanted whether the search looks at events of its topic at all
     * @param trial         what its query says, clause by clause
     */
    public record Tested(Event event, boolean isTopicWanted, Trial trial) {

        /** Whether it would match. */
        public boolean isMatch() {
            return isTopicWanted && trial.isMatch();
        }
    }

    /**
     * Tries a search on events, in order.
     *
     * @throws io.heliograph.search.QueryException if its query cannot be used
     */
    public List<Tested> test(String tenant, SearchSpec spec, List<Event> events) {
        TenantIndex index = indexes.of(tenant);
        var query = TenantIndex.parts("test", spec).getFirst();
        return events.stream().map(event -> new Tested(event, spec.wants(event.topic()), index.index().test(query, event))).toList();
    }

    /**
     * Tries a search on the tenant's last events, the latest first; as far as they are among the last {@value #LOOKED_THROUGH} of all.
     * Notices and alerts are not among them, unless the search looks at their topics.
     *
     * @param last how many
     * @throws io.heliograph.search.QueryException if its query cannot be used
     */
    public List<Tested> testRecent(String tenant, SearchSpec spec, int last) {
        boolean isOfOwn = spec.topics().stream().anyMatch(filter -> filter.toString().startsWith(RESERVED));
        List<byte[]> recent = store.read(sql -> sql.rows("SELECT content FROM webhooks_event WHERE tenant = ? AND id > (SELECT"
                + " coalesce(max(id), 0) FROM webhooks_event) - " + LOOKED_THROUGH + (isOfOwn ? "" : " AND topic NOT LIKE '" + RESERVED + "%'")
                + " ORDER BY id DESC LIMIT ?", row -> row.getBytes(1), tenant, last));
        return test(tenant, spec, recent.stream().map(CloudEventJson::read).toList());
    }

    /** What became of the events that came to be matched, of all tenants, since it was opened. */
    public SubscriberSums matched() {
        return matcher.sums().events();
    }

    /** The same of one tenant. */
    public SubscriberSums matched(String tenant) {
        return matcher.sums().events(tenant);
    }

    /** What became of the alerts that were to be given since then, of all tenants: dropped are those throttled, refused those of a loop. */
    public PublisherSums given() {
        return matcher.sums().alerts();
    }

    /** The same of one tenant. */
    public PublisherSums given(String tenant) {
        return matcher.sums().alerts(tenant);
    }

    /** What became of a tenant's alerts for each address since then, by name. */
    public Map<String, SubscriberSums> addresses(String tenant) {
        var sums = new LinkedHashMap<String, SubscriberSums>();
        senders.forEach((name, sender) -> {
            if (!name.equals(AlertWrite.ENDPOINTS)) {
                sums.put(name, sender.sums(tenant));
            }
        });
        return sums;
    }

    /** A tenant's alerts that full endpoints hold up: what became of them since then. */
    public SubscriberSums heldUp(String tenant) {
        return heldUp.sums(tenant);
    }

    /** How many conditions' windows were given up, because there were too many. */
    public long windowsGivenUp() {
        return matcher.windowsGivenUp();
    }

    /** What a tenant's index counted; empty for a tenant without searches. */
    public Optional<SearchCounts> counts(String tenant) {
        return indexes.find(tenant).map(index -> index.index().counts());
    }

    /**
     * Removes alerts that are older than the retention and that nobody waits for, and traces of what was deleted long ago.
     *
     * @return how many alerts
     */
    public CompletableFuture<Long> removeOld() {
        long nowMs = environment.wallClock().epochNanos() / 1_000_000;
        long alertsMs = nowMs - config.retention().toMillis();
        long deletedMs = nowMs - DELETIONS_KEPT.toMillis();
        return store.removeInBatches(sql -> SearchRows.forgetDeleted(sql, deletedMs))
                .thenCompose(forgotten -> store.removeInBatches(sql -> AlertRows.removeOld(sql, alertsMs)));
    }

    /** Matches nothing more, and sends no more; what waits is there in the next process. Idempotent. */
    @Override
    public void close() {
        watch.close();
        matcher.close();
        senders.values().forEach(Sender::close);
        indexes.save();
        indexes.close();
    }
}
