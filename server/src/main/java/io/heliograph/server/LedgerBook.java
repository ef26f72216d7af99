package io.heliograph.server;

import io.heliograph.ledger.PublisherSums;
import io.heliograph.ledger.SubscriberSums;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Names every publisher and subscriber of the process, and whatever else is counted; each is read when somebody asks.
 *
 * <p>Thread-safe. What is added stays, so that a closed publisher's sums are still told.
 */
public final class LedgerBook {

    private static final JsonFactory JSON = new JsonFactory();

    /** Sums under a name. */
    record Entry<S>(String name, Supplier<S> sums) {
    }

    private final List<Entry<PublisherSums>> publishers = new CopyOnWriteArrayList<>();
    private final List<Entry<SubscriberSums>> subscribers = new CopyOnWriteArrayList<>();
    private final List<MetricFamily> families = new CopyOnWriteArrayList<>();
    private final List<TenantSums> tenants = new CopyOnWriteArrayList<>();

    /** Adds a publisher; {@code sums} is called on any thread. */
    public void addPublisher(String name, Supplier<PublisherSums> sums) {
        publishers.add(new Entry<>(name, sums));
    }

    /** Adds a subscriber; {@code sums} is called on any thread. */
    public void addSubscriber(String name, Supplier<SubscriberSums> sums) {
        subscribers.add(new Entry<>(name, sums));
    }

    /** Adds sums that are each tenant's own; asked on any thread. */
    public void addTenants(TenantSums sums) {
        tenants.add(sums);
    }

    /** Adds a figure for {@code /metrics}. */
    public void addMetric(MetricFamily family) {
        families.add(family);
    }

    List<Entry<PublisherSums>> publishers() {
        return publishers;
    }

    List<Entry<SubscriberSums>> subscribers() {
        return subscribers;
    }

    List<MetricFamily> families() {
        return families;
    }

    /**
     * All sums as compact JSON: {@code {"publishers":[{"name":...,...}],"subscribers":[...],"difference":0}}, where
     * {@code difference} adds up the magnitudes of all differences. What was added by name is the default tenant's.
     */
    public String toJson(String tenant) {
        var text = new StringWriter(1024);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            long difference = 0;
            json.writeStartObject();
            json.writeArrayPropertyStart("publishers");
            for (Entry<PublisherSums> publisher : publishersOf(tenant)) {
                PublisherSums sums = publisher.sums().get();
                difference += Math.abs(sums.difference());
                writePublisher(json, publisher.name(), sums);
            }
            json.writeEndArray();
            json.writeArrayPropertyStart("subscribers");
            for (Entry<SubscriberSums> subscriber : subscribersOf(tenant)) {
                SubscriberSums sums = subscriber.sums().get();
                difference += Math.abs(sums.difference());
                writeSubscriber(json, subscriber.name(), sums);
            }
            json.writeEndArray();
            json.writeNumberProperty("difference", difference);
            json.writeEndObject();
        }
        return text.toString();
    }

    private List<Entry<PublisherSums>> publishersOf(String tenant) {
        var all = new ArrayList<Entry<PublisherSums>>(tenant.equals(Access.DEFAULT_TENANT) ? publishers : List.of());
        tenants.forEach(sums -> sums.publishers(tenant).forEach((name, one) -> all.add(new Entry<>(name, () -> one))));
        return all;
    }

    private List<Entry<SubscriberSums>> subscribersOf(String tenant) {
        var all = new ArrayList<Entry<SubscriberSums>>(tenant.equals(Access.DEFAULT_TENANT) ? subscribers : List.of());
        tenants.forEach(sums -> sums.subscribers(tenant).forEach((name, one) -> all.add(new Entry<>(name, () -> one))));
        return all;
    }

    private static void writePublisher(JsonGenerator json, String name, PublisherSums sums) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("role", "publisher");
        json.writeNumberProperty("offered", sums.offered());
        json.writeNumberProperty("accepted", sums.accepted());
        json.writeNumberProperty("dropped", sums.dropped());
        json.writeNumberProperty("refused", sums.refused());
        json.writeNumberProperty("unheard", sums.unheard());
        json.writeNumberProperty("difference", sums.difference());
        json.writeEndObject();
    }

    private static void writeSubscriber(JsonGenerator json, String name, SubscriberSums sums) {
        json.writeStartObject();
        json.writeStringProperty("name", name);
        json.writeStringProperty("role", "subscriber");
        json.writeNumberProperty("known", sums.known());
        json.writeNumberProperty("delivered", sums.delivered());
        json.writeNumberProperty("filtered", sums.filtered());
        json.writeObjectPropertyStart("lost");
        sums.lost().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .forEach(lost -> json.writeNumberProperty(lost.getKey().label(), lost.getValue()));
        json.writeEndObject();
        json.writeNumberProperty("in_flight", sums.inFlight());
        json.writeNumberProperty("duplicates", sums.duplicates());
        json.writeNumberProperty("gaps", sums.gaps());
        json.writeNumberProperty("failures", sums.failures());
        json.writeNumberProperty("difference", sums.difference());
        json.writeEndObject();
    }
}
