package io.heliograph.zmq;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Where each event of a publisher goes: to the lanes of its own subscribers, but for those that rest behind another one's, and to
 * the foreign ones together. Guarded by the publisher's lock.
 */
final class FanOut {

    private final Map<Long, RemoteSubscriber> bySubscriber = new HashMap<>();
    /** The same, to be walked for each event; never changed but replaced. */
    private RemoteSubscriber[] all = {};
    private final PlainLane plain;
    private Destination[] destinations = {};
    private final RestingLanes resting = new RestingLanes();
    private int subscriptions;
    private long givenUpByGone;

    /** @param plain what is kept for foreign subscribers */
    FanOut(PlainLane plain) {
        this.plain = plain;
    }

    /** Its own subscribers; not to be changed. */
    RemoteSubscriber[] all() {
        return all;
    }

    /** Where events go: to each of them, and to foreign subscribers if there are any. Not to be changed. */
    Destination[] destinations() {
        return destinations;
    }

    /** How many subscriptions they have together. */
    int subscriptions() {
        return subscriptions + plain.listeners();
    }

    /** What is kept for foreign subscribers. */
    PlainLane plain() {
        return plain;
    }

    Optional<RemoteSubscriber> find(long subscriber) {
        return Optional.ofNullable(bySubscriber.get(subscriber));
    }

    void add(RemoteSubscriber remote) {
        bySubscriber.put(remote.lane.subscriber(), remote);
        arrange();
    }

    void remove(RemoteSubscriber remote) {
        bySubscriber.remove(remote.lane.subscriber());
        givenUpByGone += remote.lane.lost();
        arrange();
    }

    /** Somebody has come or gone, or has other subscriptions, or the foreign subscribers are others. */
    void arrange() {
        resting.wake();
        spread();
        subscriptions = 0;
        for (RemoteSubscriber remote : all) {
            subscriptions += remote.subscriptions;
        }
    }

    private void spread() {
        var to = new ArrayList<Destination>();
        bySubscriber.values().stream().map(remote -> remote.lane).filter(lane -> !resting.contains(lane)).forEach(to::add);
        if (!plain.isEmpty()) {
            to.add(plain);
        }
        all = bySubscriber.values().toArray(RemoteSubscriber[]::new);
        destinations = to.toArray(Destination[]::new);
    }

    /** Has lanes rest that can send nothing and lose events, behind one that moves. */
    void rest() {
        if (resting.rest(all)) {
            spread();
        }
    }

    /** Whether {@code lane} is one that rests. */
    boolean isResting(Lane lane) {
        return resting.contains(lane);
    }

    /** No lane rests any more. */
    void wake() {
        if (resting.wake()) {
            spread();
        }
    }

    /** Somebody asks whether an event of {@code sizeBytes} may be next: who would not take it does not rest. */
    void propose(int sizeBytes) {
        if (!resting.isEmpty() && !resting.fits(sizeBytes)) {
            wake();
        }
    }

    /**
     * An event comes next: {@link #destinations} are told of it, and those that rest by one of them.
     *
     * @param isTimeless whether it may wait for as long as it has to
     */
    void expect(String topic, int sizeBytes, boolean isTimeless) {
        if (!resting.isEmpty() && !(isTimeless && resting.isPacked(topic, sizeBytes))) {
            wake();
        }
    }

    /** Events that were given up for one of them, all together. */
    long givenUp() {
        wake();
        long sum = givenUpByGone + plain.lost();
        for (RemoteSubscriber remote : all) {
            sum += remote.lane.lost();
        }
        return sum;
    }
}
