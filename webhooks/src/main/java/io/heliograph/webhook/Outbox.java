package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.ledger.PublisherLedger;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.spi.Environment;
import io.heliograph.store.Schema;
import io.heliograph.store.SqlStore;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreFullException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Events on disk, until every endpoint that wants them has them. It sends nothing itself: {@link Deliveries} does.
 *
 * <pre>
 *   publish ----------------------.      one transaction                      one small row for each receiver
 *   publish(connection) -> inlet -+--> event, once, by id and key  ------->  delivery | delivery | delivery
 *           the caller's own      |                                            bounded by each endpoint's policy
 *           transaction           '--> refused: nothing is kept
 * </pre>
 *
 * <p>Thread-safe. Starts no thread: what it notices by itself, it notices on the store's.
 */
public final class Outbox implements AutoCloseable {

    /** Whose events are that name no tenant. */
    public static final String DEFAULT_TENANT = "default";

    private static final String TEST_TOPIC = "heliograph.test";

    private final SqlStore store;
    private final Endpoints endpoints;
    private final OutboxConfig config;
    private final Environment environment;
    private final Inlet inlet;
    private final WriteGroups<Submission, FanOut.Stored> groups;
    private final OutboxObserver observer;
    private final Retention retention;
    private volatile Handover handover = Handover.NONE;
    private final List<Consumer<PublishedEvent>> followers = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final ChanceBlock chance;
    private final PublisherLedger ledger = new PublisherLedger();

    private Outbox(SqlStore store, Endpoints endpoints, OutboxObserver observer, OutboxConfig config, Environment environment) {
        this.store = store;
        this.endpoints = endpoints;
        this.observer = observer;
        this.config = config;
        this.environment = environment;
        this.chance = new ChanceBlock(environment.random());
        this.retention = new Retention(store, observer, config.retention(), environment);
        this.groups = new WriteGroups<>(store, store::write, this::storeAll, this::stored);
        this.inlet = new Inlet(store, this::store, this::stored);
    }

    /** Its tables, for whoever opens the store. */
    public static Schema schema() {
        return Schema.of("webhooks", Outbox.class, "001-webhooks.sql", "002-origin.sql", "003-query.sql", "004-batches.sql",
                "005-parked.sql", "006-departed.sql", "007-repeated-key.sql", "008-sealed-query.sql");
    }

    /**
     * Opens the outbox of a store.
     *
     * @param store opened with {@link #schema}; not closed by this
     * @param seal  opens the endpoints' secrets
     * @throws io.heliograph.ConfigException if the master keys are missing that sealed them; the message names one. If some of them open,
     *                                       the others are paused, and say why
     */
    public static Outbox open(SqlStore store, SecretSeal seal, OutboxConfig config, Environment environment) {
        return open(store, seal, Conditions.NONE, OutboxObserver.NONE, config, environment);
    }

    /**
     * The same, with rows that {@code observer} writes beside its events.
     *
     * @param conditions what endpoints' queries mean
     */
    public static Outbox open(SqlStore store, SecretSeal seal, Conditions conditions, OutboxObserver observer, OutboxConfig config,
            Environment environment) {
        return new Outbox(store, Endpoints.load(store, seal, conditions, config, environment), observer, config, environment);
    }

    /** Who gets events. */
    public Endpoints endpoints() {
        return endpoints;
    }

    /** Publishes an event of the default tenant; see {@link #publish(String, Event, Optional)}. */
    public CompletableFuture<Publication> publish(Event event) {
        return publish(DEFAULT_TENANT, event, Optional.empty());
    }

    /**
     * Publishes an event. Never waits: an endpoint that is full under {@code BackPressure} refuses it at once, and so does a store
     * that is full or busy.
     *
     * @param idempotencyKey events of one tenant with the same key are one event, as are those with the same source and id
     * @return completes when it is on disk, or it is clear that it will not be; exceptionally where the disk fails
     */
    public CompletableFuture<Publication> publish(String tenant, Event event, Optional<String> idempotencyKey) {
        Optional<Publication> refusal = Refusals.before(event, idempotencyKey, config);
        if (refusal.isPresent()) {
            return CompletableFuture.completedFuture(count(refusal.get()));
        }
        Submission submission = submission(tenant, event, idempotencyKey);
        endpoints.judge(submission);
        return groups.write(submission, submission.content().length).thenApply(FanOut.Stored::publication)
                .exceptionally(failure -> count(refused(failure)));
    }

    private Publication refused(Throwable failure) {
        if (Refusals.cause(failure) instanceof StoreFullException) {
            retention.makeRoom();
        }
        return Refusals.after(failure);
    }

    private List<FanOut.Stored> storeAll(Statements sql, List<Submission> group) throws SQLException {
        FanOut fanOut = fanOut(sql);
        var pending = new ArrayList<FanOut.Pending>(group.size());
        List<Receivers> receivers = group.stream().map(endpoints::receivers).toList();
        fanOut.expect(group, receivers);
        for (int i = 0; i < group.size(); i++) {
            pending.add(fanOut.add(group.get(i), receivers.get(i), group.size() == 1));
        }
        fanOut.finish();
        return pending.stream().map(FanOut.Pending::get).toList();
    }

    private FanOut fanOut(Statements sql) {
        long nowMs = nowMs();
        return new FanOut(sql, handover, observer, nowMs, nowMs + config.lease().toMillis());
    }

    /** Stores events inside a write of this outbox's store; see {@link OutboxWrite}. */
    public OutboxWrite join(Statements sql) {
        return new OutboxWrite(this, fanOut(sql));
    }

    /** It is on disk. */
    void stored(List<FanOut.Stored> all) {
        var claimed = new ArrayList<DueDelivery>();
        var ready = new HashSet<String>();
        lock.lock();
        try {
            for (FanOut.Stored one : all) {
                ledger.count(one.publication().result());
                claimed.addAll(one.claimed());
                ready.addAll(one.ready());
            }
        } finally {
            lock.unlock();
        }
        handover.stored(claimed, ready);
        all.forEach(one -> tellPublished(one.submission(), one.publication()));
    }

    /**
     * Publishes several events in one transaction: all of them, or none. Never waits.
     *
     * @param idempotencyKey the batch with the same key is the same batch, if its events stand in the same order
     * @return completes when they are on disk, or it is clear that they will not be; exceptionally where the disk fails
     */
    public CompletableFuture<BatchPublication> publishAll(String tenant, List<Event> events, Optional<String> idempotencyKey) {
        var submissions = new ArrayList<Submission>();
        long bytes = 0;
        for (Event event : events) {
            int index = submissions.size();
            Optional<Publication> refusal = Refusals.before(event, idempotencyKey, config);
            if (refusal.isPresent()) {
                return CompletableFuture.completedFuture(count(BatchPublication.refused(events.size(), index, refusal.get())));
            }
            // No key that a publisher can send holds this character.
            Optional<String> key = idempotencyKey.map(text -> index == 0 ? text : text + '\u001f' + index);
            Submission submission = submission(tenant, event, key);
            endpoints.judge(submission);
            submissions.add(submission);
            bytes += submission.content().length;
        }
        return store.write(bytes, sql -> BatchFanOut.store(sql, submissions, this::store))
                .thenApply(stored -> {
                    stored.ready().forEach(this::tellReady);
                    for (int i = 0; i < submissions.size(); i++) {
                        tellPublished(submissions.get(i), stored.publications().get(i));
                    }
                    return new BatchPublication(stored.publications(), OptionalInt.empty());
                })
                .exceptionally(failure -> Refusals.cause(failure) instanceof BatchFanOut.Refusal refusal ? refusal.of(events.size())
                        : BatchPublication.refused(events.size(), 0, refused(failure)))
                .thenApply(this::count);
    }

    /**
     * Publishes in the caller's own transaction: rolled back, it was never there; committed, it is sent at least once. The
     * connection is to the database of this outbox's store.
     *
     * @return {@link PublishResult#ACCEPTED} if it goes with the commit, {@link PublishResult#TOO_LARGE} if nothing was done
     */
    public PublishResult publish(Connection connection, Event event) throws SQLException {
        return publish(connection, DEFAULT_TENANT, event);
    }

    /** The same for a tenant; see {@link #publish(Connection, Event)}. */
    public PublishResult publish(Connection connection, String tenant, Event event) throws SQLException {
        if (event.size() > config.maxEventBytes()) {
            return PublishResult.TOO_LARGE;
        }
        Submission submission = submission(tenant, event);
        try (Statements sql = Statements.on(connection)) {
            Inlet.put(sql, submission);
        }
        return PublishResult.ACCEPTED;
    }

    private FanOut.Stored store(Statements sql, Submission submission) throws SQLException {
        return FanOut.store(sql, submission, endpoints.receivers(submission), observer, nowMs());
    }

    private Publication count(Publication publication) {
        lock.lock();
        try {
            ledger.count(publication.result());
            return publication;
        } finally {
            lock.unlock();
        }
    }

    private BatchPublication count(BatchPublication batch) {
        batch.publications().forEach(this::count);
        return batch;
    }

    Submission submission(String tenant, Event event) {
        return submission(tenant, event, Optional.empty());
    }

    private Submission submission(String tenant, Event event, Optional<String> idempotencyKey) {
        return Submission.of(tenant, event, newMessage(), idempotencyKey);
    }

    private MessageId newMessage() {
        lock.lock();
        try {
            return MessageId.generate(chance, nowMs());
        } finally {
            lock.unlock();
        }
    }

    /** What was offered since it was opened; what lay in the inlet is counted when it is taken out. */
    public PublisherSums sums() {
        lock.lock();
        try {
            return ledger.sums();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Removes events that are older than the retention and for which nobody waits, with their deliveries and attempts. That is begun
     * too whenever an event is refused because the store is full.
     *
     * @return how many events
     */
    public CompletableFuture<Long> removeOld() {
        return retention.removeOld();
    }

    /**
     * Sends an event of topic {@code heliograph.test} to one endpoint alone.
     *
     * @return completes exceptionally with a {@link io.heliograph.ConfigException} if there is no such endpoint
     */
    public CompletableFuture<Publication> test(String endpoint) {
        Optional<Endpoint> found = endpoints.find(endpoint);
        if (found.isEmpty()) {
            return CompletableFuture.failedFuture(new ConfigException("endpoint", endpoint, "one that is there"));
        }
        Submission submission = submission(found.get().tenant(), Event.json(TEST_TOPIC, "{\"endpoint\":\"" + endpoint + "\"}"));
        return store.write(sql -> FanOut.store(sql, submission, Receivers.of(List.of(found.get())), observer, nowMs())).thenApply(stored -> {
            stored(List.of(stored));
            return stored.publication();
        });
    }

    /**
     * Sends again what an endpoint should have had since a moment: events it wants that were neither delivered to it, or to its
     * group, nor wait. Ends early where its queue has no room.
     *
     * @return how many
     */
    public CompletableFuture<Long> recover(String endpoint, Instant since) {
        return new Recovery(this, endpoint, since.toEpochMilli()).run();
    }

    /**
     * Sends again what an attempt was about, whatever became of it, with the same {@code webhook-id}.
     *
     * @return the receipt's message; completes exceptionally with a {@link io.heliograph.ConfigException} where there is no such attempt,
     *         its endpoint is gone, or its queue is full
     */
    public CompletableFuture<MessageId> resend(long attempt) {
        return store.write(sql -> Recovery.resend(sql, endpoints, attempt, nowMs())).thenApply(resent -> {
            tellReady(resent.endpoint());
            return resent.message();
        });
    }

    /**
     * Where an event went.
     *
     * @param id its own, or its {@code webhook-id}; of several sources' events of that id, the latest one is told
     */
    public Optional<EventTrace> trace(String tenant, String id) {
        return trace(tenant, id, Optional.empty());
    }

    /**
     * Where an event of one source went, or of any.
     *
     * @param source whose event it is; it names one where several have that id
     */
    public Optional<EventTrace> trace(String tenant, String id, Optional<String> source) {
        return store.read(sql -> EventTrace.read(sql, tenant, id, source));
    }

    /**
     * The attempts at an endpoint, the latest first.
     *
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for all
     * @param most   how many
     */
    public List<Attempt> attempts(String endpoint, long before, int most) {
        return store.read(sql -> AttemptRows.ofEndpoint(sql, endpoint, before, most));
    }

    /** One attempt, if it was made and is still known. */
    public Optional<Attempt> attempt(long id) {
        return store.read(sql -> AttemptRows.find(sql, id));
    }

    /** The attempts at a message, the first of them first, wherever they went. */
    public List<Attempt> attempts(MessageId message, int most) {
        return store.read(sql -> AttemptRows.ofMessage(sql, message.text(), most));
    }

    /** Has {@code follower} told of each event that comes to the disk from now on; on the store's thread, so it is quick. */
    public void follow(Consumer<PublishedEvent> follower) {
        followers.add(follower);
    }

    private void tellPublished(Submission submission, Publication publication) {
        if (publication.result() == PublishResult.ACCEPTED && publication.novelty() == Publication.Novelty.NEW) {
            var published = new PublishedEvent(submission.tenant(), submission.event(), submission.message());
            followers.forEach(follower -> follower.accept(published));
        }
    }

    /** Has what is stored from now on told to {@code sender}. */
    void handTo(Handover sender) {
        handover = sender;
    }

    void tellReady(String endpoint) {
        handover.stored(List.of(), Set.of(endpoint));
    }

    SqlStore store() {
        return store;
    }

    OutboxConfig config() {
        return config;
    }

    long nowMs() {
        return environment.wallClock().epochNanos() / 1_000_000;
    }

    /** Takes nothing out of the inlet any more. The store is its owner's to close. */
    @Override
    public void close() {
        inlet.close();
    }
}
