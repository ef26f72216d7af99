package io.heliograph.zmq;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** Counts refusals as they happen, on whichever thread. Thread-safe; allocates nothing to count. */
final class ZmqRefusals {

    private final Map<ZmqRefusal, LongAdder> counts = new EnumMap<>(ZmqRefusal.class);

    ZmqRefusals() {
        for (ZmqRefusal reason : ZmqRefusal.values()) {
            counts.put(reason, new LongAdder());
        }
    }

    void count(ZmqRefusal reason) {
        Objects.requireNonNull(counts.get(reason)).increment();
    }

    /** How many there were, by reason; absent where there was none. */
    Map<ZmqRefusal, Long> snapshot() {
        var seen = new EnumMap<ZmqRefusal, Long>(ZmqRefusal.class);
        counts.forEach((reason, count) -> {
            if (count.sum() > 0) {
                seen.put(reason, count.sum());
            }
        });
        return Map.copyOf(seen);
    }
}
