package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import io.heliograph.store.Statements;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreFullException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/**
 * Writes what came of attempts, many with one write, as often as it takes while the store is busy or full; and tells endpoints' owners how
 * they do.
 *
 * <p>Thread-safe. Owns virtual threads: {@code heliograph-webhook-return} where an outcome is written again after a while, and
 * {@code heliograph-webhook-notice}.
 */
final class Outcomes {

    /** What a delivery of a batch counts in a group of outcomes, so that few of them with large batches are enough for a write. */
    private static final long BYTES_IN_A_GROUP = 1 << 10;

    /** An attempt that was made, with at least one settlement. */
    record Ended(Lane lane, List<Settlement> settlements) {
    }

    /** What came of writing it; the first of a group has what was freed by all of it. */
    record Settled(Ended ended, Settlement.Freed freed) {
    }

    /** Who goes on from there. */
    interface Sequel {

        /** They are on disk; runs on the store's thread, so it is quick. */
        void settled(List<Settled> group);

        /** It never comes to the disk, since the store is closed. */
        void forgotten(Ended ended);
    }

    private final Outbox outbox;
    private final Environment environment;
    private final InsistentWriter writer;
    private final Handover intake;
    private final Sequel sequel;
    private final WriteGroups<Ended, Settled> unawaited;
    /** Of those for which others wait. */
    private final WriteGroups<Ended, Settled> awaited;

    /** @param intake takes what waited for deliveries that have ended */
    Outcomes(Outbox outbox, InsistentWriter writer, Environment environment, Handover intake, Sequel sequel) {
        this.outbox = outbox;
        this.environment = environment;
        this.writer = writer;
        this.intake = intake;
        this.sequel = sequel;
        this.unawaited = new WriteGroups<>(outbox.store(), (bytes, write) -> outbox.store().writeInCompany(write), this::write,
                this::settled);
        this.awaited = new WriteGroups<>(outbox.store(), (bytes, write) -> outbox.store().writeFromReserve(write), this::write,
                this::settled);
    }

    void settle(Ended ended) {
        boolean isAnyAwaited = false;
        for (Settlement settlement : ended.settlements) {
            isAnyAwaited |= isAwaited(settlement);
        }
        WriteGroups<Ended, Settled> groups = isAnyAwaited ? awaited : unawaited;
        var _ = groups.write(ended, BYTES_IN_A_GROUP * (ended.settlements.size() - 1)).whenComplete((done, failure) -> {
            if (failure != null) {
                unsettled(ended, failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure);
            }
        });
    }

    /** Whether others may go on once it is on disk: those behind it in its order, or the next member of its group. */
    private static boolean isAwaited(Settlement settlement) {
        return settlement.delivery().orderKey().isPresent() || settlement.next() instanceof Settlement.Next.HandedOn;
    }

    /** It is written again while the store is busy or full; one that is closed has ended this, and what was claimed is sent again. */
    private void unsettled(Ended ended, Throwable failure) {
        if (failure instanceof StoreBusyException || failure instanceof StoreFullException) {
            Thread.ofVirtual().name("heliograph-webhook-return").start(() -> {
                if (writer.pause()) {
                    settle(ended);
                }
            });
        } else {
            sequel.forgotten(ended);
        }
    }

    private List<Settled> write(Statements sql, List<Ended> group) throws SQLException {
        var all = new ArrayList<Settlement>(group.size());
        group.forEach(ended -> all.addAll(ended.settlements));
        Settlement.Freed freed = Settlement.writeAll(sql, all, outbox.endpoints(), intake,
                outbox.nowMs() + outbox.config().lease().toMillis());
        var settled = new ArrayList<Settled>(group.size());
        for (Ended ended : group) {
            settled.add(new Settled(ended, settled.isEmpty() ? freed : Settlement.Freed.NOTHING));
        }
        return settled;
    }

    private void settled(List<Settled> group) {
        for (Settled one : group) {
            String endpoint = one.ended.lane.endpoint();
            one.ended.settlements.stream().flatMap(settlement -> settlement.health().stream()).forEach(health -> {
                outbox.endpoints().healthChanged(endpoint, health);
                tell(endpoint, health.change());
            });
        }
        sequel.settled(group);
    }

    /** Listeners may be slow, and the store's thread must not wait for them. */
    private void tell(String id, EndpointHealth.Change change) {
        Optional<Endpoint> endpoint = outbox.endpoints().find(id);
        if (change != EndpointHealth.Change.NONE && endpoint.isPresent()) {
            Thread.ofVirtual().name("heliograph-webhook-notice").start(() -> Notices.tell(outbox, environment, endpoint.get(), change));
        }
    }
}
