package io.heliograph.cli;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.spi.Environment;
import io.heliograph.webhook.Answer;
import io.heliograph.webhook.Cidr;
import io.heliograph.webhook.HostResolver;
import io.heliograph.webhook.HttpHeader;
import io.heliograph.webhook.TargetGuard;
import io.heliograph.webhook.TargetUrl;
import io.heliograph.webhook.VerifyingKey;
import io.heliograph.webhook.WebhookClient;
import io.heliograph.webhook.WebhookClientConfig;
import io.heliograph.webhook.WebhookRequest;
import io.heliograph.webhook.WebhookVerifier;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Receives webhooks and prints them. */
@Command(
        name = "listen",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        sortOptions = false,
        description = "Receives webhooks and prints each one's body as a line, in base64 if it is not UTF-8 text.",
        footer = {
            "",
            "Answers 204; 400 to what a key did not sign, 409 to the same attempt again.",
            "Agrees to the handshake of CloudEvents. What was found is a line on standard",
            "error each. Ends with --count or --wait, or when the reader of its output goes",
            "away.",
        })
final class WebhookListenCommand implements Callable<Integer> {

    private static final String DEFAULT_PORT = "8787";
    private static final int MAX_PORT = 65_535;
    private static final int BAD_GATEWAY = 502;
    private static final Duration FORWARD_TIMEOUT = Duration.ofSeconds(30);
    /** What belongs to the connection that a request came on, and not to the request. */
    private static final Set<String> HOP_BY_HOP = Set.of("host", "connection", "keep-alive", "proxy-connection", "te", "trailer",
            "transfer-encoding", "upgrade", "content-length", "expect");

    private final Console console;
    private final Stop stop;

    @Option(names = "--port", paramLabel = "N", description = "Where; " + DEFAULT_PORT + " if left out, 0 takes a free one.")
    String port = DEFAULT_PORT;

    @Option(names = "--bind", paramLabel = "ADDRESS", description = "At which address; 127.0.0.1 if left out.")
    String bind = "127.0.0.1";

    @Option(names = "--secret", paramLabel = "KEY", description = "Verifies with it: whsec_... or whpk_...; may be repeated.")
    List<String> secrets = new ArrayList<>();

    @Option(names = "--fail", paramLabel = "PLAN", description = "Answers the first requests so, such as 503x3 or 429x2,410.")
    Optional<String> fail = Optional.empty();

    @Option(names = "--forward-to", paramLabel = "URL", description = "Hands what it takes on to there, and answers what came back.")
    Optional<String> forwardTo = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "Ends after so many that it took.")
    Optional<String> count = Optional.empty();

    @Option(names = "--wait", paramLabel = "D",
            description = "Ends when nothing arrived for so long, such as 5s; exit code 1 if --count was not reached.")
    Optional<String> wait = Optional.empty();

    @Option(names = "--json", description = "Prints an object each: status, verified, remark, path, headers, body.")
    boolean isJson;

    WebhookListenCommand(Console console, Stop stop) {
        this.console = console;
        this.stop = stop;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<VerifyingKey> keys = WebhookInput.keys(secrets, System.getenv(), VerifyingKey::parse);
        Optional<WebhookVerifier> verifier = keys.isEmpty() ? Optional.empty()
                : Optional.of(WebhookVerifier.of(keys.toArray(VerifyingKey[]::new)));
        FailurePlan failures = fail.map(text -> FailurePlan.parse("--fail", text)).orElseGet(FailurePlan::none);
        Optional<TargetUrl> target = forwardTo.map(TargetUrl::parse);
        Optional<Long> most = count.map(text -> Arguments.count("--count", text));
        Optional<Duration> quiet = wait.map(text -> Arguments.positive("--wait", text));
        var address = new InetSocketAddress(address(), Notation.integer("--port", port, 0, MAX_PORT));
        var environment = Environment.system();
        var messages = console.messages();
        var printer = new WebhookPrinter(console.out(), isJson, most, environment.clock(), messages);
        try (var client = WebhookClient.open(WebhookClientConfig.defaults(), anywhere(), environment);
                var receiver = WebhookReceiver.start(address, verifier, failures, target.map(url -> forward(client, url)), printer)) {
            messages.line("webhook listen: ready at " + TargetUrl.parse("http://" + host(address.getAddress()) + ":" + receiver.port() + "/"));
            return printer.await(quiet, stop);
        }
    }

    private InetAddress address() {
        try {
            return InetAddress.ofLiteral(bind);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--bind", bind, "an IP address of this machine, such as 127.0.0.1 or 0.0.0.0");
        }
    }

    private static String host(InetAddress address) {
        String text = address.getHostAddress();
        return text.indexOf(':') < 0 ? text : "[" + text + "]";
    }

    /** Whoever starts this program chooses where it sends to. */
    private static TargetGuard anywhere() {
        return TargetGuard.of(List.of(Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")), HostResolver.SYSTEM);
    }

    private static WebhookReceiver.Forward forward(WebhookClient client, TargetUrl target) {
        return (path, headers, body) -> client.deliver(new WebhookRequest(target, forwarded(headers), body, FORWARD_TIMEOUT))
                .answered().map(Answer::status).orElse(BAD_GATEWAY);
    }

    private static List<HttpHeader> forwarded(Map<String, List<String>> headers) {
        var kept = new ArrayList<HttpHeader>();
        headers.forEach((name, values) -> {
            if (!HOP_BY_HOP.contains(name.toLowerCase(Locale.ROOT))) {
                values.forEach(value -> kept.add(new HttpHeader(name, value)));
            }
        });
        return kept;
    }
}
