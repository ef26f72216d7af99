package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.TransportException;
import io.heliograph.alert.Alerts;
import io.heliograph.flow.Limit;
import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.spi.Environment;
import io.heliograph.store.ProcessLock;
import io.heliograph.store.SqlStore;
import io.heliograph.webhook.Deliveries;
import io.heliograph.webhook.HostResolver;
import io.heliograph.webhook.MasterKey;
import io.heliograph.webhook.Outbox;
import io.heliograph.webhook.SecretSeal;
import io.heliograph.webhook.TargetGuard;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The whole of {@code heliograph serve}: a store, the outbox on it, what sends it, and the routes in front.
 *
 * <pre>
 * DATA/serve.lock    held as long as it serves; names the process
 * DATA/keys          hashes of the API users' keys
 * DATA/api-key       the first key, for this machine's own commands
 * DATA/master.key    seals the endpoints' secrets: to be kept safe, and apart from copies of the store
 * DATA/heliograph.db the store, if it is nowhere else
 * DATA/searches      a cache of the saved searches' index; may be removed while nobody serves
 * </pre>
 *
 * <p>Thread-safe. Its threads are those of {@link SqlStore}, {@link WebhookClient}, {@link Deliveries}, {@link Alerts}, the
 * addresses that are listened at or sent to, and {@link HeliographServer}.
 */
public final class Serve implements AutoCloseable {

    private static final Limit TAIL = new Limit(1_000, 8L << 20);
    private static final String FIRST_KEY_FILE = "api-key";
    private static final String MASTER_KEY_FILE = "master.key";
    private static final String SEARCHES_FOLDER = "searches";

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final List<Inflow> inflows = new ArrayList<>();
    private final List<OutboxFeed> feeds = new ArrayList<>();
    private final Outbox outbox;
    private final HttpPublishers publishers;
    private final Deliveries deliveries;
    private final Alerting alerting;
    private final HeliographServer server;
    private final Optional<ApiKey> firstKey;

    private Serve(ServeConfig config, Function<ServeParts, List<Panel>> addition) {
        try {
            OwnerFile.folder(config.data());
            hold(ProcessLock.take(config.data().resolve("serve.lock"), "data folder " + config.data()));
            var random = new SecureRandom();
            Environment environment = Environment.system().withNotices(config.notices());
            SqlStore store = hold(SqlStore.open(config.store(), List.of(Outbox.schema(), Alerts.schema(), StoreHealth.schema()), config.limits().store(), environment));
            outbox = hold(openOutbox(config, store, environment, random));
            WebhookClient client = hold(WebhookClient.open(WebhookClientConfig.defaults(),
                    TargetGuard.of(config.allowed(), HostResolver.SYSTEM), environment));
            deliveries = hold(Deliveries.start(outbox, client, environment));
            alerting = hold(Alerting.open(store, outbox, config.addresses(),
                    config.limits().alerts().withCache(config.data().resolve(SEARCHES_FOLDER)), environment));
            config.listens().forEach(address -> inflows.add(hold(Inflow.open(address, outbox, environment))));

            ApiKeys keys = ApiKeys.in(config.data(), random);
            Access access = config.mode() == ServeConfig.Mode.DEV ? Access.OPEN : config.key().map(keys::and).orElse(keys);
            publishers = new HttpPublishers(outbox.endpoints());
            var book = new LedgerBook();
            book.addTenants(publishers);
            inflows.forEach(inflow -> {
                book.addPublisher(inflow.name(), inflow::published);
                book.addSubscriber(inflow.name(), inflow::heard);
            });
            alerting.addTo(book);
            ServeMetrics.addTo(book, outbox, client, deliveries, store);
            var tail = new EventTail(TAIL);
            outbox.follow(published -> tail.show(published.tenant(), published.event(), published.message().text()));
            var panels = new ArrayList<>(addition.apply(new ServeParts(book, tail, outbox, environment, feed -> feeds.add(hold(feed)))));
            panels.add(alerting.panel());
            panels.add(panel(config, client, random));
            server = hold(HeliographServer.start(config.http().withAccess(access).withNotices(config.notices())
                    .withHealth(new StoreHealth(store, environment.clock())), book, tail, panels));
            // The last step: a key that was made for a server that does not come up would be shown to nobody.
            firstKey = firstKey(config, keys);
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    /**
     * Opens everything, and serves.
     *
     * @throws io.heliograph.AddressInUseException if the port is taken, or another process has the data folder; the message says which
     * @throws io.heliograph.TransportException    if a file or a socket is refused, or the master key is not the one that secrets are sealed with
     * @throws io.heliograph.store.StoreException  if the store cannot be opened
     */
    public static Serve start(ServeConfig config) {
        return start(config, parts -> List.of());
    }

    /**
     * The same, with what another module adds.
     *
     * @param addition called once, when all but the HTTP server is open; its panels stand above the others
     */
    public static Serve start(ServeConfig config, Function<ServeParts, List<Panel>> addition) {
        return new Serve(config, addition);
    }

    private <T extends AutoCloseable> T hold(T part) {
        parts.push(part);
        return part;
    }

    /** A master key is made for a store that needs none yet; where one is missing, its absence is told and nothing is written. */
    private static Outbox openOutbox(ServeConfig config, SqlStore store, Environment environment, SecureRandom random) {
        Path file = config.data().resolve(MASTER_KEY_FILE);
        boolean isNew = config.masterKey().isEmpty() && !Files.exists(file);
        try {
            MasterKey key = config.masterKey().orElseGet(() -> isNew ? MasterKey.generate(random) : MasterKey.read(file));
            Outbox outbox = Outbox.open(store, SecretSeal.of(List.of(key), random), EndpointQueries::compile, Alerts.observer(),
                    config.limits().outbox(), environment);
            if (isNew) {
                key.write(file);
            }
            return outbox;
        } catch (ConfigException e) {
            throw new TransportException("secrets that are sealed in the store cannot be opened", e);
        }
    }

    private static Optional<ApiKey> firstKey(ServeConfig config, ApiKeys keys) {
        if (config.mode() == ServeConfig.Mode.DEV || config.key().isPresent() || !keys.list().isEmpty()) {
            return Optional.empty();
        }
        ApiKey key = keys.add(Access.DEFAULT_TENANT).key();
        OwnerFile.write(config.data().resolve(FIRST_KEY_FILE), key.reveal() + "\n");
        return Optional.of(key);
    }

    private Panel panel(ServeConfig config, WebhookClient client, SecureRandom random) {
        var registrar = new Registrar(outbox.endpoints(), client, config.origin(), config.notices());
        var routes = new ArrayList<>(new EventRoutes(outbox, alerting.alerts(), publishers, config.limits().outbox().maxEventBytes()).routes());
        routes.addAll(new EndpointRoutes(outbox, new EndpointReader(random), registrar).routes());
        return new Panel("webhooks", Serve.class, routes);
    }

    /** Where it serves. */
    public String url() {
        return server.url();
    }

    /** Every route: method and path, as in {@code openapi.yaml}. */
    public List<String> routes() {
        return server.routes();
    }

    /** The key that was made now because there was none: to be shown once. */
    public Optional<ApiKey> firstKey() {
        return firstKey;
    }

    /** What was published since it began, over HTTP and otherwise. */
    public PublisherSums published() {
        return outbox.sums();
    }

    /** What became of the default tenant's deliveries over the endpoints' whole lives, by endpoint. */
    public Map<String, SubscriberSums> delivered() {
        return publishers.subscribers(Access.DEFAULT_TENANT);
    }

    /** What was heard at the addresses that are listened at, in their order. */
    public List<SubscriberSums> heard() {
        return inflows.stream().map(Inflow::heard).toList();
    }

    /** How many saved searches there were when it began. */
    public int searchesFound() {
        return alerting.alerts().readiness().searches();
    }

    /** How long it took until all of these could be matched. */
    public Duration searchesReadyAfter() {
        return alerting.alerts().readiness().took();
    }

    /**
     * Takes no more requests, hears no more, publishes what was heard, matches no more, begins no more attempts, and waits for those that
     * run: 15 s at most. Idempotent.
     */
    public void drain() {
        server.close();
        stopListening();
        alerting.close();
        deliveries.close();
    }

    /** All of them at once, so that the wait for one is the wait for the others. */
    private void stopListening() {
        inflows.forEach(Inflow::stop);
        feeds.forEach(OutboxFeed::stop);
        inflows.forEach(Inflow::close);
        feeds.forEach(OutboxFeed::close);
    }

    /** The same, and lets go of everything. Idempotent. */
    @Override
    public void close() {
        inflows.forEach(Inflow::stop);
        while (!parts.isEmpty()) {
            AutoCloseable part = parts.pop();
            try {
                part.close();
            } catch (Exception e) {
                throw new IllegalStateException("a part that throws when it is closed: " + part, e);
            }
        }
    }
}
