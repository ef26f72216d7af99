package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.Notice;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.ApiKey;
import io.heliograph.server.ConfigFile;
import io.heliograph.server.Serve;
import io.heliograph.server.ServeConfig;
import io.heliograph.store.StoreAddress;
import io.heliograph.store.StoreException;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.MasterKey;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Serves the HTTP API. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Takes events over HTTP, keeps them on disk and sends them as signed webhooks, until Ctrl-C.",
        commandListHeading = "%nCommands:%n",
        footer = {
            "",
            "Prints 'ready: URL' when it serves. The first start makes a key, shows it once and",
            "keeps it in DIR/api-key. Secrets of endpoints are sealed with DIR/master.key, or",
            "with the key in the variable " + ServeCommand.MASTER_KEY + ".",
            "Stores: a data folder, sqlite:FILE, postgresql://USER@HOST:PORT/DATABASE",
            "A config file holds port, bind, host-name, data, store, allow-target, listen, and",
            "  address.NAME = ADDRESS    where saved searches may send alerts",
            "  retention = 30d           how long events are kept once nobody waits for them",
            "  store-limit = 16GiB       what the store takes",
            "  max-event = 1MiB          the largest event, to 16MiB; a request may have four times that",
        })
final class ServeCommand implements Callable<Integer> {

    static final String MASTER_KEY = "HELIOGRAPH_MASTER_KEY";
    static final String API_KEY = "HELIOGRAPH_API_KEY";

    private static final int MAX_PORT = 65_535;
    private static final int MOST_LEDGERS = 100;
    private static final long FOREVER_NS = Long.MAX_VALUE;

    private final Console console;
    private final Stop stop;

    @Option(names = "--port", paramLabel = "N", description = "Where; 8080 if left out, 0 takes a free one.")
    Optional<String> port = Optional.empty();

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "At which address; 127.0.0.1 if left out. Put TLS in front of others.")
    Optional<String> bind = Optional.empty();

    @Option(names = "--host-name", paramLabel = "NAME", description = "A name that it is asked for under, beside addresses and localhost; may be repeated.")
    List<String> hostNames = new ArrayList<>();

    @Option(names = "--data", paramLabel = "DIR", description = "The data folder; ~/.heliograph/serve if left out, ~/.heliograph/dev with --dev.")
    Optional<String> data = Optional.empty();

    @Option(names = "--store", paramLabel = "URL", description = "Where events are kept; in the data folder if left out.")
    Optional<String> store = Optional.empty();

    @Option(names = "--api-key", paramLabel = "KEY", description = "Another key of the tenant 'default', not stored; better in the variable " + API_KEY + ".")
    Optional<String> apiKey = Optional.empty();

    @Option(names = "--allow-target", paramLabel = "CIDR", description = "Webhooks may go there though it is not public, such as 10.1.0.0/16; may be repeated.")
    List<String> targets = new ArrayList<>();

    @Option(names = "--listen", paramLabel = "ADDRESS", description = "Takes in what is published there, as if it came over HTTP; udp://, zmq:// or local:. May be repeated.")
    List<String> listens = new ArrayList<>();

    @Option(names = "--config", paramLabel = "FILE", description = "Settings, one a line: NAME = VALUE. Options win; lists add up.")
    Optional<String> file = Optional.empty();

    @Option(names = "--dev", description = "No key, this machine alone, webhooks may go to the loopback interface.")
    boolean isDev;

    ServeCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var messages = console.messages();
        var hasFailed = new AtomicBoolean();
        ServeConfig config = config(System.getenv()).withNotices(notice -> {
            messages.line(NoticeText.of(notice));
            if (notice instanceof Notice.TransportFailed) {
                hasFailed.set(true);
                stop.request(Stop.Cause.TERMINATE);
            }
        });
        try (Serve serve = Serve.start(config)) {
            boolean isElsewhere = !config.store().equals(new StoreAddress.DataFolder(config.data()));
            messages.line("serve: data in " + config.data() + (isElsewhere ? ", events in " + config.store() : ""));
            if (serve.searchesFound() > 0) {
                messages.line("serve: " + serve.searchesFound() + " saved searches ready after " + serve.searchesReadyAfter().toMillis() + " ms");
            }
            config.listens().forEach(address -> messages.line("serve: listening at " + address));
            serve.firstKey().ifPresent(key -> messages.line("serve: key " + key.reveal() + " (shown once; for this machine's own commands it is in "
                    + config.data().resolve("api-key") + ")"));
            var out = new PrintStream(console.out(), true, StandardCharsets.UTF_8);
            out.println("ready: " + serve.url());
            stop.await(FOREVER_NS);
            serve.drain();
            if (!tellLedgers(serve, messages)) {
                return ExitCode.ENVIRONMENT;
            }
        } catch (StoreException e) {
            messages.line("heliograph serve: " + e.getMessage());
            return ExitCode.ENVIRONMENT;
        }
        return hasFailed.get() ? ExitCode.FAILED : ExitCode.OK;
    }

    /** Whether all could be told: endpoints' sums outlive the process, so where the store has gone away they are there. */
    static boolean tellLedgers(Serve serve, Messages messages) {
        Optional<Collection<SubscriberSums>> delivered = delivered(serve, messages);
        messages.line("ledger: " + serve.published().toJson());
        serve.heard().forEach(sums -> messages.line("ledger: " + sums.toJson()));
        delivered.stream().flatMap(Collection::stream).limit(MOST_LEDGERS).forEach(sums -> messages.line("ledger: " + sums.toJson()));
        return delivered.isPresent();
    }

    private static Optional<Collection<SubscriberSums>> delivered(Serve serve, Messages messages) {
        try {
            return Optional.of(serve.delivered().values());
        } catch (StoreException e) {
            messages.line("serve: the endpoints' ledgers are in the store, and go on from there at the next start: " + e.getMessage());
            return Optional.empty();
        }
    }

    ServeConfig config(Map<String, String> environment) {
        Optional<String> key = apiKey.or(() -> Optional.ofNullable(environment.get(API_KEY)));
        if (isDev && apiKey.isPresent()) {
            throw new ConfigException("--api-key", "(not shown)", "none with --dev, which asks for no key");
        }
        ServeConfig config = withOptions(file.map(name -> defaults().withFile(ConfigFile.read(path(name)))).orElseGet(this::defaults));
        config = config.withMode(isDev ? ServeConfig.Mode.DEV : ServeConfig.Mode.KEYED);
        if (store.isPresent()) {
            config = config.withStore(StoreAddress.parse(store.get()));
        }
        if (key.isPresent() && !isDev) {
            config = config.withKey(ApiKey.parse(key.get()));
        }
        return environment.containsKey(MASTER_KEY) ? config.withMasterKey(MasterKey.fromEnvironment(environment, MASTER_KEY)) : config;
    }

    private ServeConfig defaults() {
        return ServeConfig.of(DataFolder.of(data, isDev));
    }

    /** What the options say, over what a file said. */
    private ServeConfig withOptions(ServeConfig from) {
        ServeConfig config = data.isPresent() ? from.withData(DataFolder.of(data, isDev)) : from;
        if (port.isPresent()) {
            config = config.withHttp(config.http().withPort(Notation.integer("--port", port.get(), 0, MAX_PORT)));
        }
        if (bind.isPresent()) {
            config = config.withHttp(config.http().withBindAddress(bind.get()));
        }
        if (!hostNames.isEmpty()) {
            var names = new HashSet<>(config.http().hostNames());
            names.addAll(hostNames);
            config = config.withHttp(config.http().withHostNames(names)).withOrigin(hostNames.getFirst());
        }
        var allowed = new ArrayList<>(config.targets());
        targets.forEach(text -> allowed.add(Cidr.parse(text)));
        var all = new ArrayList<>(config.listens());
        all.addAll(listens);
        return config.withTargets(allowed).withListens(all);
    }

    private static Path path(String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new ConfigException("--config", text, "a file");
        }
    }
}
