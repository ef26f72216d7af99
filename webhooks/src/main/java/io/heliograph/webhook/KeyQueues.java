package io.heliograph.webhook;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is claimed at an endpoint and waits in memory behind another of its key, so that it need not be parked, looked for and read again.
 * On disk it is claimed like the one before it, and goes once that one's outcome is there too; where that one is not delivered, what
 * is behind it is parked by the same write, and forgotten here.
 *
 * <p>Confined to the lock of its {@link Deliveries}.
 */
final class KeyQueues {

    /** By each key of which one is in this process's hands, those behind it. */
    private final Map<String, ArrayDeque<DueDelivery>> behind = new HashMap<>();
    /** Keys of which some are on their way back to the queue, and how often: what comes meanwhile would overtake them. */
    private final Map<String, Integer> returning = new HashMap<>();
    private int waiting;

    /** What is to be done with one that was claimed. */
    enum Place {
        /** Nothing of its key is before it. */
        FIRST,
        /** It waits here. */
        BEHIND,
        /** It goes back to the queue, like those before it. */
        BACK
    }

    /** Takes in one that was claimed. */
    Place join(String key, DueDelivery delivery) {
        if (returning.containsKey(key)) {
            return Place.BACK;
        }
        ArrayDeque<DueDelivery> others = behind.get(key);
        if (others == null) {
            behind.put(key, new ArrayDeque<>(1));
            return Place.FIRST;
        }
        others.add(delivery);
        waiting++;
        return Place.BEHIND;
    }

    /** Whether one waits here behind the first of its key. */
    boolean hasNext(String key) {
        ArrayDeque<DueDelivery> others = behind.get(key);
        return others != null && !others.isEmpty();
    }

    /** The first of a key is delivered: says which is the next one, if that waits here. */
    Optional<DueDelivery> delivered(String key) {
        ArrayDeque<DueDelivery> others = behind.get(key);
        if (others == null || others.isEmpty()) {
            behind.remove(key);
            return Optional.empty();
        }
        waiting--;
        return Optional.of(others.remove());
    }

    /**
     * The first of a key has ended, and was not delivered.
     *
     * @return those behind it, which do not wait here any more
     */
    List<DueDelivery> ended(String key) {
        ArrayDeque<DueDelivery> others = behind.remove(key);
        waiting -= others == null ? 0 : others.size();
        return others == null ? List.of() : List.copyOf(others);
    }

    /** All that wait here, and do not any more; the first of their keys stay what they are. */
    List<DueDelivery> takeAll() {
        var all = new ArrayList<DueDelivery>();
        for (ArrayDeque<DueDelivery> others : behind.values()) {
            all.addAll(others);
            others.clear();
        }
        waiting = 0;
        return all;
    }

    /** Some of a key are on their way back to the queue. */
    void goBack(String key) {
        returning.merge(key, 1, Integer::sum);
    }

    /** They are there. */
    void areBack(String key) {
        returning.computeIfPresent(key, (name, count) -> count == 1 ? null : count - 1);
    }

    /** How many wait here. */
    int waiting() {
        return waiting;
    }

    /** Whether nothing that has a key is in this process's hands. */
    boolean isEmpty() {
        return behind.isEmpty();
    }
}
