package io.heliograph.webhook;

import io.heliograph.spi.Environment;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Makes attempts, and says what is to be written of them. */
final class Attempts {

    private final Outbox outbox;
    private final WebhookClient client;
    private final NextAttempt nextAttempt;

    Attempts(Outbox outbox, WebhookClient client, Environment environment) {
        this.outbox = outbox;
        this.client = client;
        this.nextAttempt = new NextAttempt(outbox.endpoints(), environment);
    }

    /** Makes one at what is not worthless by then; waits for its end. Thread-safe. */
    AttemptResult make(Parcel parcel, Instant at) {
        List<DueDelivery> alive = parcel.aliveAt(at);
        return alive.isEmpty() ? Courier.unsent("its time to live has ended") : send(new Parcel(alive), at);
    }

    private AttemptResult send(Parcel parcel, Instant at) {
        try {
            Optional<Endpoint> endpoint = outbox.endpoints().find(parcel.first().endpoint());
            return endpoint.isEmpty() ? Courier.unsent("its endpoint is gone") : Courier.send(client, endpoint.get().spec(), parcel, at);
        } catch (RuntimeException | Error e) {
            // An Error has closed the client, and was told: the lane must not be left with an attempt that never ends.
            return Courier.unsent("it was not made: " + e);
        }
    }

    /**
     * What is to be written of one. Nothing is where its endpoint is gone. Under the lock of its {@link Deliveries}.
     *
     * @param at when it began
     */
    List<Settlement> judge(Lane lane, Parcel parcel, AttemptResult result, Instant at) {
        Optional<Endpoint> endpoint = outbox.endpoints().find(lane.endpoint());
        if (endpoint.isEmpty()) {
            return List.of();
        }
        long atMs = at.toEpochMilli();
        var settlements = new ArrayList<Settlement>();
        for (DueDelivery delivery : parcel.deliveries()) {
            if (delivery.isExpiredAt(at)) {
                settlements.add(new Settlement(delivery, result, atMs, new Settlement.Next.Expired(), Optional.empty()));
            }
        }
        List<DueDelivery> alive = parcel.aliveAt(at);
        if (!alive.isEmpty()) {
            Settlement.Next next = nextAttempt.after(endpoint.get(), new Parcel(alive), result);
            Optional<EndpointHealth.Next> health = lane.judge(result, outbox.config().patience(), at);
            for (DueDelivery delivery : alive) {
                settlements.add(new Settlement(delivery, result, atMs, next, delivery == alive.getFirst() ? health : Optional.empty()));
            }
        }
        return settlements;
    }
}
