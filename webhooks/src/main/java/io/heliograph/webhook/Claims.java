package io.heliograph.webhook;

import io.heliograph.store.Dialect;
import io.heliograph.store.Write;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/** Takes what is due out of queues, for this process alone as long as its lease lasts, and gives it back. Thread-safe. */
final class Claims {

    private final Outbox outbox;
    private final InsistentWriter writer;
    private final boolean isShared;

    /**
     * What was taken.
     *
     * @param nextMs when the next one in the queue is due, in milliseconds since 1970
     * @param isAll  whether nothing that is due is left in the queue
     */
    record Claim(List<Parcel> due, OptionalLong nextMs, boolean isAll) {
    }

    Claims(Outbox outbox, InsistentWriter writer) {
        this.outbox = outbox;
        this.writer = writer;
        this.isShared = outbox.store().dialect() != Dialect.SQLITE;
    }

    /**
     * Takes so many deliveries, each by itself.
     *
     * @param onEmptied hears how many, inside the write, if that leaves nothing that is due: what is stored after it, in the same commit
     *                  too, need not go to a queue that this has emptied, else it would never be empty
     */
    CompletableFuture<Claim> take(String endpoint, int most, IntConsumer onEmptied) {
        return write(sql -> {
            long nowMs = outbox.nowMs();
            List<DueDelivery> due = DeliveryRows.claim(sql, endpoint, nowMs, leaseMs(), most);
            OptionalLong nextMs = DeliveryRows.nextDueMs(sql, endpoint);
            boolean isAll = due.size() < most && (nextMs.isEmpty() || nextMs.getAsLong() > nowMs);
            if (isAll) {
                onEmptied.accept(due.size());
            }
            return new Claim(due.stream().map(Parcel::of).toList(), nextMs, isAll);
        });
    }

    /** Takes so many batches. */
    CompletableFuture<Claim> takeBatches(Endpoint endpoint, int most) {
        return write(sql -> new Claim(BatchRows.claim(sql, endpoint, outbox.nowMs(), leaseMs(), most),
                DeliveryRows.nextDueMs(sql, endpoint.id()), false));
    }

    private CompletableFuture<Claim> write(Write<Claim> claim) {
        return outbox.store().writeFromReserve(claim);
    }

    private long leaseMs() {
        return outbox.nowMs() + outbox.config().lease().toMillis();
    }

    /** Whether an attempt might end when it is not this process's alone any more; what SQLite keeps is so in any case. */
    boolean isLeaseUsedUp(Parcel parcel) {
        return isShared && parcel.first().leaseMs() - outbox.nowMs() < outbox.config().lease().toMillis() / 2;
    }

    /** Waits for the disk. */
    void giveBack(List<DueDelivery> claimed, Consumer<List<DueDelivery>> onDisk) {
        writer.write(sql -> {
            DeliveryRows.release(sql, claimed.stream().map(DueDelivery::id).toList());
            return claimed;
        }, onDisk);
    }
}
