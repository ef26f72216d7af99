package io.heliograph.webhook;

import io.heliograph.Event;
import io.heliograph.store.Statements;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Stores events inside a write of somebody else's on the outbox's store: what else that writes is there with them, or neither is.
 *
 * <pre>{@code
 * store.write(sql -> {
 *     OutboxWrite events = outbox.join(sql);
 *     events.add("default", event, Set.of("ep_1"));
 *     events.finish();
 *     return events;
 * }).thenAccept(OutboxWrite::committed);
 * }</pre>
 *
 * <p>Confined to its write until that is on disk. The size of events is the caller's to bound.
 */
public final class OutboxWrite {

    private final Outbox outbox;
    private final FanOut fanOut;
    private final List<FanOut.Pending> pending = new ArrayList<>();
    private List<FanOut.Stored> stored = List.of();

    OutboxWrite(Outbox outbox, FanOut fanOut) {
        this.outbox = outbox;
        this.fanOut = fanOut;
    }

    /** Whether some endpoint wants events of a topic. */
    public boolean isWanted(String tenant, String topic) {
        return outbox.endpoints().list(tenant).stream().anyMatch(endpoint -> endpoint.takesEvents() && endpoint.spec().wants(topic));
    }

    /**
     * Takes an event in, for the endpoints that want its topic and for some named ones, under the policy of each. An event whose
     * source and id are there already is not stored again.
     *
     * @param endpoints their ids; passed over are those that are gone, take no events now, or are another tenant's
     */
    public void add(String tenant, Event event, Set<String> endpoints) throws SQLException {
        Submission submission = outbox.submission(tenant, event);
        Receivers wanting = outbox.endpoints().receivers(submission);
        Map<String, Endpoint> takers = new LinkedHashMap<>();
        wanting.takers().forEach(endpoint -> takers.put(endpoint.id(), endpoint));
        for (String id : endpoints) {
            outbox.endpoints().find(id).filter(endpoint -> endpoint.tenant().equals(tenant) && endpoint.takesEvents())
                    .ifPresent(endpoint -> takers.put(id, endpoint));
        }
        List<Endpoint> filtered = wanting.filtered().stream().filter(endpoint -> !takers.containsKey(endpoint.id())).toList();
        pending.add(fanOut.add(submission, new Receivers(List.copyOf(takers.values()), filtered), false));
    }

    /**
     * Writes all that was added.
     *
     * @return what became of each, in order; one that is not accepted has left nothing behind, and the others are stored
     */
    public List<Publication> finish() throws SQLException {
        fanOut.finish();
        var all = new ArrayList<FanOut.Stored>();
        pending.forEach(one -> all.add(one.get()));
        stored = List.copyOf(all);
        return stored.stream().map(FanOut.Stored::publication).toList();
    }

    /** The write is on disk: its events are counted, sent and told. */
    public void committed() {
        outbox.stored(stored);
    }
}
