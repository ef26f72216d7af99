package io.heliograph.alert;

import io.heliograph.Event;
import io.heliograph.PublishResult;
import io.heliograph.store.Statements;
import io.heliograph.webhook.OutboxWrite;
import io.heliograph.webhook.Publication;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Alerts on their way into the tables, and to whom they go: endpoints by the outbox, in the same transaction; addresses by rows that
 * their senders take. One that is there already is left as it is. Used once, inside a write; confined to it until that is on disk.
 */
final class AlertWrite {

    /** The name under which alerts wait for endpoints that are full. */
    static final String ENDPOINTS = "";

    private final Statements sql;
    private final OutboxWrite outbox;
    private final Indexes indexes;
    private final long nowMs;
    private final List<NewAlert> added = new ArrayList<>();
    private final List<Alert> alerts = new ArrayList<>();
    private final Map<String, Map<String, Integer>> recipients = new TreeMap<>();
    private final Map<String, Boolean> wanting = new HashMap<>();
    private int repeated;

    /**
     * One of them.
     *
     * @param id      of the alert
     * @param event   the {@code webhooks_event.id} that it is about, if it is about one
     * @param json    that event
     * @param details the other members of its data
     */
    record NewAlert(SavedSearch search, String id, Optional<Long> event, Optional<String> json, int hops, String details) {
    }

    private record Identity(String tenant, String id) {
    }

    AlertWrite(Statements sql, OutboxWrite outbox, Indexes indexes, long nowMs) {
        this.sql = sql;
        this.outbox = outbox;
        this.indexes = indexes;
        this.nowMs = nowMs;
    }

    void add(NewAlert alert) {
        added.add(alert);
    }

    /** Writes all that was added. */
    void finish() throws SQLException {
        Map<Identity, Long> rows = insert();
        var offered = new ArrayList<Alert>();
        var outgoing = new ArrayList<Object[]>();
        for (NewAlert one : added) {
            Long row = rows.remove(new Identity(one.search.tenant(), one.id));
            if (row == null) {
                repeated++;
                continue;
            }
            Event event = AlertEvents.event(one.search.id(), one.id, nowMs, one.hops, one.json, one.details);
            var alert = new Alert(row, one.search.tenant(), one.search.id(), Instant.ofEpochMilli(nowMs), event);
            alerts.add(alert);
            if (offer(one.search, event)) {
                offered.add(alert);
            }
            for (Recipient recipient : new HashSet<>(one.search.spec().deliver())) {
                if (recipient instanceof Recipient.ToAddress(String name)) {
                    outgoing.add(new Object[] {name, row});
                    waits(name, one.search.tenant());
                }
            }
        }
        List<Publication> publications = outbox.finish();
        for (int i = 0; i < publications.size(); i++) {
            // A full endpoint that gives nothing up holds its alerts up, and not the matcher.
            if (publications.get(i).result() == PublishResult.BACK_PRESSURED) {
                outgoing.add(new Object[] {ENDPOINTS, offered.get(i).position()});
                waits(ENDPOINTS, offered.get(i).tenant());
            }
        }
        sql.insert("INSERT INTO alerts_outgoing (recipient, alert) VALUES ", outgoing);
    }

    private void waits(String recipient, String tenant) {
        recipients.computeIfAbsent(recipient, name -> new TreeMap<>()).merge(tenant, 1, Integer::sum);
    }

    private Map<Identity, Long> insert() throws SQLException {
        var rows = new HashMap<Identity, Long>();
        List<Object[]> columns = added.stream().map(one -> new Object[] {one.search.tenant(), one.id, one.search.id(), one.event, one.hops,
            one.details, nowMs}).toList();
        sql.insert("INSERT INTO alerts_alert (tenant, alert_id, search, event, hops, details, at_ms) VALUES ", columns,
                " ON CONFLICT DO NOTHING RETURNING tenant, alert_id, id",
                row -> rows.put(new Identity(row.getString(1), row.getString(2)), row.getLong(3)));
        return rows;
    }

    private boolean offer(SavedSearch search, Event event) throws SQLException {
        Set<String> named = endpoints(search);
        boolean isWanted = !named.isEmpty() || wanting.computeIfAbsent(search.tenant(), this::isWanting);
        if (isWanted) {
            outbox.add(search.tenant(), event, named);
        }
        return isWanted;
    }

    /** Whether some endpoint of a tenant, or some search, takes all alerts. */
    private boolean isWanting(String tenant) {
        return outbox.isWanted(tenant, AlertEvents.TOPIC)
                || indexes.find(tenant).filter(index -> index.wants(AlertEvents.TOPIC)).isPresent();
    }

    /** The ids of the endpoints that a search delivers to. */
    static Set<String> endpoints(SavedSearch search) {
        var named = new HashSet<String>();
        for (Recipient recipient : search.spec().deliver()) {
            if (recipient instanceof Recipient.ToEndpoint(String id)) {
                named.add(id);
            }
        }
        return named;
    }

    /** Those that are new, in order. */
    List<Alert> alerts() {
        return alerts;
    }

    /** How many were there already. */
    int repeated() {
        return repeated;
    }

    /** How much more waits for whom now, by tenant. */
    Map<String, Map<String, Integer>> recipients() {
        return recipients;
    }

    /** It is on disk. */
    void committed() {
        outbox.committed();
    }
}
