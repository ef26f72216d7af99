package io.heliograph.webhook;

import io.heliograph.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The ways to all endpoints, one for each that something was ever ready for. Confined to the lock of its {@link Deliveries}. */
final class Lanes {

    /** What waits in memory for its turn, in all lanes; beyond it only as much is claimed as can be under way. */
    static final long MOST_HELD_BYTES = 64L << 20;

    private final Endpoints endpoints;
    private final Clock clock;
    private final Rota rota;
    private final Map<String, Lane> lanes = new ConcurrentHashMap<>();
    private final AtomicLong heldBytes = new AtomicLong();

    /** @param rota where lanes are put that are to be looked at */
    Lanes(Endpoints endpoints, Clock clock, Rota rota) {
        this.endpoints = endpoints;
        this.clock = clock;
        this.rota = rota;
    }

    /**
     * What was claimed waits here for its turn.
     *
     * @return what does not, and is to go back to the queue
     */
    Map<Lane, List<DueDelivery>> take(List<DueDelivery> claimed) {
        Map<Lane, List<DueDelivery>> back = Map.of();
        for (DueDelivery one : claimed) {
            Lane lane = lanes.get(one.endpoint());
            // An endpoint that was removed meanwhile has no lane, nor rows.
            if (lane != null && lane.add(Parcel.of(one))) {
                rota.stir(lane);
            } else if (lane != null) {
                back = back.isEmpty() ? new HashMap<>() : back;
                back.computeIfAbsent(lane, name -> new ArrayList<>()).add(one);
            }
        }
        return back;
    }

    /** Something of an endpoint may be ready. */
    void wake(String id) {
        Optional<Endpoint> endpoint = endpoints.find(id);
        if (endpoint.isPresent()) {
            Lane lane = lanes.computeIfAbsent(id, name -> new Lane(endpoint.get(), heldBytes, clock.nanoTime()));
            lane.moreIsReady();
            rota.stir(lane);
        }
    }

    /** An endpoint was changed, or removed. */
    void changed(String id) {
        Lane lane = lanes.get(id);
        Optional<Endpoint> endpoint = endpoints.find(id);
        if (lane != null && endpoint.isEmpty()) {
            lanes.remove(id);
            lane.takeAll();
            return;
        }
        if (lane != null) {
            lane.follow(endpoint.get().spec().limits().ordering());
        }
        if (lane != null && endpoint.get().isActive() && endpoint.get().health().equals(EndpointHealth.GOOD)) {
            lane.reset(endpoint.get(), clock.nanoTime());
        }
    }

    /** Whether one more may come without being claimed, beside others; may be asked by anybody. */
    boolean takes(String endpoint, int already) {
        Lane lane = lanes.get(endpoint);
        return lane != null && lane.room() > already && !isCrowded();
    }

    /** The same of one behind others of its key, all of which are in hand here. */
    boolean takesBehind(Endpoint endpoint, int already) {
        Lane lane = lanes.get(endpoint.id());
        return lane != null && lane.keyRoom(endpoint.spec().limits().ordering()) > already && !isCrowded();
    }

    /** Those of an endpoint's keys, the first of which is delivered, whose next one is not in hand here. */
    List<String> withoutNext(String endpoint, List<String> keys) {
        Lane lane = lanes.get(endpoint);
        return lane == null ? keys : lane.withoutNext(keys);
    }

    /** Whether as much waits here as may. */
    boolean isCrowded() {
        return heldBytes.get() >= MOST_HELD_BYTES;
    }

    /** All that waits here. */
    List<DueDelivery> takeAll() {
        var all = new ArrayList<DueDelivery>();
        lanes.values().forEach(lane -> all.addAll(lane.takeAll()));
        return all;
    }
}
