package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one subscription got, in order. Thread-safe. */
final class Received implements EventHandler {

    private final List<Delivery> deliveries = new CopyOnWriteArrayList<>();
    private final List<Gap> gaps = new CopyOnWriteArrayList<>();

    @Override
    public void onEvent(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void onGap(Gap gap) {
        gaps.add(gap);
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    List<Gap> gaps() {
        return gaps;
    }

    /** Data as numbers. */
    List<Integer> numbers() {
        return deliveries.stream().map(delivery -> Integer.parseInt(delivery.event().text())).toList();
    }

    int count() {
        return deliveries.size();
    }

    long lost() {
        return gaps.stream().mapToLong(Gap::count).sum();
    }
}
