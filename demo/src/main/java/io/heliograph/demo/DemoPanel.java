package io.heliograph.demo;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.server.Answer;
import io.heliograph.server.Call;
import io.heliograph.server.Panel;
import io.heliograph.server.Problem;
import io.heliograph.server.Route;
import io.heliograph.server.Verb;
import io.heliograph.server.ViewerSums;
import io.heliograph.statsd.StatsdCounters;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What the demo adds to the page: the figures of every hop, and three things to do. Thread-safe. */
final class DemoPanel {

    private static final Duration BURST = Duration.ofSeconds(5);
    private static final Duration STALL = Duration.ofSeconds(5);
    private static final JsonFactory JSON = new JsonFactory();

    private final DemoParts parts;

    DemoPanel(DemoParts parts) {
        this.parts = parts;
    }

    Panel panel() {
        return new Panel("demo", DemoPanel.class, List.of(
                new Route(Verb.GET, "/v1/demo", call -> Answer.json(state())),
                new Route(Verb.POST, "/v1/demo/burst", call -> burst()),
                new Route(Verb.POST, "/v1/demo/stall", call -> stall()),
                new Route(Verb.PUT, "/v1/demo/policy", this::choosePolicy),
                new Route(Verb.POST, AlertReceiver.PATH, parts.receiver()::receive)));
    }

    private Answer burst() {
        Traffic traffic = parts.traffic().orElseThrow(() ->
                new Problem(409, "no-generator",
                "there is no generator to burst: start the demo without --no-generator"));
        traffic.burst(BURST);
        return Answer.json(state());
    }

    private Answer stall() {
        parts.handler().stall(STALL);
        return Answer.json(state());
    }

    private Answer choosePolicy(Call call) {
        parts.policy().choose(policyIn(call.body()));
        return Answer.json(state());
    }

    /** The value of {@code policy} in an object of texts. */
    private static String policyIn(byte[] body) {
        Optional<String> policy = Optional.empty();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), body)) {
            boolean isObject = json.nextToken() == JsonToken.START_OBJECT;
            while (isObject && json.nextToken() == JsonToken.PROPERTY_NAME) {
                String name = json.currentName();
                boolean isText = json.nextToken() == JsonToken.VALUE_STRING;
                policy = name.equals("policy") && isText ? Optional.of(json.getString()) : policy;
                json.skipChildren();
            }
        } catch (JacksonException e) {
            throw new Problem(400, "bad-json", "the body is no JSON: allowed is {\"policy\":\"drop-oldest\"}");
        }
        return policy.orElseThrow(() -> new Problem(400, "bad-policy",
                "the body has no policy: allowed is {\"policy\":\"drop-oldest\"}").at("/policy"));
    }

    /** Every figure of the strip, compact. Read from the page back to the senders: what is on its way is not lost. */
    String state() {
        ViewerSums viewers = parts.tail().sums();
        SubscriberSums page = parts.subscription().sums();
        PublisherSums multicast = parts.publisher().sums();
        StatsdCounters statsd = parts.statsd().counters();
        OwnDatagrams own = OwnDatagrams.of(parts.traffic(), parts.statsd().generators());
        var text = new StringWriter(1024);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeNumberProperty("at_ms", System.nanoTime() / 1_000_000);
            writeSenders(json, own, statsd);
            writeStatsd(json, statsd);
            json.writeObjectPropertyStart("multicast");
            json.writeNumberProperty("offered", multicast.offered());
            json.writeNumberProperty("accepted", multicast.accepted());
            json.writeNumberProperty("dropped", multicast.dropped());
            json.writeNumberProperty("refused", multicast.refused());
            json.writeNumberProperty("subscribers", parts.publisher().subscribers());
            json.writeNumberProperty("repaired_datagrams", parts.repaired());
            json.writeEndObject();
            json.writeName("page");
            json.writeRawValue(page.toJson());
            json.writeName("viewers");
            json.writeRawValue(viewers.toJson());
            json.writeName("outbox");
            json.writeRawValue(parts.feed().published().toJson());
            writeAlerts(json);
            writeControls(json);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void writeSenders(JsonGenerator json, OwnDatagrams own, StatsdCounters statsd) {
        json.writeObjectPropertyStart("senders");
        json.writeNumberProperty("own_sent", own.sent());
        json.writeNumberProperty("own_received", own.received());
        json.writeNumberProperty("own_lost", own.lost());
        json.writeNumberProperty("own_unsent", own.unsent());
        json.writeNumberProperty("others_received", statsd.datagrams() - own.received());
        if (statsd.kernelDropsAtLeast().isPresent()) {
            json.writeNumberProperty("kernel_drops_at_least", statsd.kernelDropsAtLeast().getAsLong());
        }
        json.writeEndObject();
    }

    private static void writeStatsd(JsonGenerator json, StatsdCounters statsd) {
        json.writeObjectPropertyStart("statsd");
        json.writeNumberProperty("datagrams", statsd.datagrams());
        json.writeNumberProperty("lines", statsd.lines());
        json.writeNumberProperty("applied", statsd.applied());
        json.writeNumberProperty("bad", statsd.badTotal());
        json.writeNumberProperty("rejected", statsd.rejectedTotal());
        json.writeNumberProperty("oversized", statsd.oversized());
        json.writeNumberProperty("series", statsd.series());
        json.writeNumberProperty("flushed", statsd.flushedEvents());
        json.writeNumberProperty("failed", statsd.publishFailures() + statsd.abandoned());
        json.writeNumberProperty("difference", statsd.difference());
        json.writeEndObject();
    }

    private void writeAlerts(JsonGenerator json) {
        AlertReceiver receiver = parts.receiver();
        json.writeObjectPropertyStart("webhook");
        receiver.endpoint().ifPresent(id -> json.writeStringProperty("endpoint", id));
        json.writeNumberProperty("received", receiver.received());
        json.writeNumberProperty("verified", receiver.verified());
        parts.alerts().ifPresent(sums -> {
            json.writeNumberProperty("known", sums.known());
            json.writeNumberProperty("waiting", sums.waiting());
            json.writeNumberProperty("lost", sums.asSubscriber().lostTotal());
        });
        json.writeArrayPropertyStart("latest");
        // They were signed by this very server, which sends JSON.
        receiver.latest().forEach(json::writeRawValue);
        json.writeEndArray();
        json.writeEndObject();
    }

    private void writeControls(JsonGenerator json) {
        InetSocketAddress to = parts.statsd().localAddress();
        json.writeStringProperty("policy", parts.policy().choice());
        json.writeNumberProperty("policy_limit", PagePolicy.LIMIT_EVENTS);
        json.writeArrayPropertyStart("policies");
        PagePolicy.CHOICES.forEach(json::writeString);
        json.writeEndArray();
        json.writeBooleanProperty("generator", parts.traffic().isPresent());
        Duration burstLeft = parts.traffic().map(Traffic::burstLeft).orElse(Duration.ZERO);
        json.writeNumberProperty("burst_ms_left", burstLeft.toMillis());
        json.writeNumberProperty("stall_ms_left", parts.handler().stallLeft().toMillis());
        json.writeStringProperty("send_to", to.getAddress().getHostAddress() + ":" + to.getPort());
        json.writeStringProperty("events_to", parts.address());
    }
}
