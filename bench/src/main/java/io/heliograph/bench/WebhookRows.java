package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The rows of the suite {@code webhooks}. */
final class WebhookRows {

    static final String RATE = OneWay.RATE;
    static final String FIRST = "first";

    private static final int BODY_BYTES = 500;
    private static final double THOUSAND = 1e3;
    private static final double RESTART_TARGET_SECONDS = 2;

    private static final WebhookTask REQUESTS = WebhookTask.rate(WebhookTask.What.REQUESTS, BODY_BYTES);

    /** How fast this machine is now. */
    static final Case YARDSTICK = new Case("wrk", WebhookChild.WRK, REQUESTS);

    private static final Case RAW = new Case("raw", WebhookChild.RAW, REQUESTS);
    private static final Case JDK = new Case("jdk", WebhookChild.JDK, REQUESTS);
    private static final Case MEMORY = new Case("memory", WebhookChild.HELIOGRAPH, REQUESTS);
    private static final Case DURABLE = new Case("durable", WebhookChild.HELIOGRAPH, WebhookTask.rate(WebhookTask.What.DURABLE, BODY_BYTES));
    private static final Case ORDERED = new Case("ordered", WebhookChild.HELIOGRAPH, WebhookTask.rate(WebhookTask.What.ORDERED, BODY_BYTES));
    private static final Case UNORDERED =
            new Case("unordered", WebhookChild.HELIOGRAPH, WebhookTask.rate(WebhookTask.What.UNORDERED, BODY_BYTES));
    private static final Case CALM = new Case("calm", WebhookChild.CALM, WebhookTask.latency(WebhookTask.What.CALM, BODY_BYTES));
    private static final Case ISOLATED =
            new Case("isolated", WebhookChild.ISOLATED, WebhookTask.latency(WebhookTask.What.ISOLATED, BODY_BYTES));
    private static final Case RESTART =
            new Case("restart", WebhookChild.HELIOGRAPH, WebhookTask.latency(WebhookTask.What.RESTART, BODY_BYTES));

    /** All of them, in the order of the table. The peers' figures are those of a machine of two cores where wrk does 107,000. */
    static final List<CaseRow> ALL = List.of(
            rate("webhooks.memory", ">=0.8", MEMORY, RAW, OptionalDouble.of(67.554)),
            rate("webhooks.durable", ">=0.5", DURABLE, RAW, OptionalDouble.of(67.554)),
            rate("webhooks.vs-jdk-client", ">=3", MEMORY, JDK, OptionalDouble.of(14.255)),
            rate("webhooks.ordered", ">=0.7", ORDERED, UNORDERED, OptionalDouble.empty()),
            latency("webhooks.isolation.p50", "<=1.1", OneWay.P50),
            latency("webhooks.isolation.p99", "<=1.5", OneWay.P99),
            new CaseRow("webhooks.restart", "<=1", "s", 1, FIRST, RESTART, Optional.empty(), RESTART_TARGET_SECONDS,
                    OptionalDouble.empty()));

    private WebhookRows() {
    }

    private static CaseRow rate(String name, String goal, Case ours, Case peer, OptionalDouble figure) {
        return new CaseRow(name, goal, "k/s", THOUSAND, RATE, ours, Optional.of(peer), 0, figure);
    }

    private static CaseRow latency(String name, String goal, String metric) {
        return new CaseRow(name, goal, "us", 1, metric, ISOLATED, Optional.of(CALM), 0, OptionalDouble.empty());
    }
}
