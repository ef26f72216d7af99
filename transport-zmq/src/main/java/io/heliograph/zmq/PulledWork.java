package io.heliograph.zmq;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Position;
import io.heliograph.Session;
import io.heliograph.spi.Environment;
import java.nio.channels.SelectableChannel;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Work that foreign peers push: each message goes to one of the workers here that want it, to whoever has least. There is nobody to
 * acknowledge to: what a handler throws at is lost(failed), and what waits when its worker leaves is lost(left). While no
 * worker has room nothing is received, so that the pushing side waits in the end.
 *
 * <p>Its events are of one session made up here, numbered as they arrive. Confined to the thread that owns the socket, and
 * used under the subscriber's lock.
 */
final class PulledWork {

    private static final int MESSAGES_PER_TURN = 64;

    private final PlainInlet inlet;
    private final int prefetch;
    private final ZmqCounters.Tally tally;
    private final Environment environment;
    private final long session;
    private final Map<Worker, Enrolment> places = new HashMap<>();
    private Optional<Event> waiting = Optional.empty();
    private long next;

    PulledWork(PlainInlet inlet, int prefetch, ZmqCounters.Tally tally, Environment environment) {
        this.inlet = inlet;
        this.prefetch = prefetch;
        this.tally = tally;
        this.environment = environment;
        this.session = Session.start(environment.wallClock().epochNanos(), environment.random());
    }

    SelectableChannel channel() {
        return inlet.channel();
    }

    /** Receives as long as there is room; says how many messages. */
    int receive(Collection<Worker> workers, long nowNs) {
        places.keySet().removeIf(worker -> worker.isGone() && !workers.contains(worker));
        int received = 0;
        while (received < MESSAGES_PER_TURN && hasRoom(workers, nowNs)) {
            Optional<PlainInlet.Parts> parts = inlet.receive();
            if (parts.isEmpty()) {
                break;
            }
            received++;
            Optional<Event> event = PlainEvents.read(parts.get());
            if (event.isEmpty()) {
                tally.malformed(parts.get().count() > 3 ? MalformedMessage.SEVERAL_PARTS : MalformedMessage.BAD_TEXT);
            } else {
                tally.received(parts.get().first().length + parts.get().second().length + parts.get().third().length);
                waiting = event;
            }
        }
        return received;
    }

    /** Whether the next may come: the last one has its place, and there is somebody at all. */
    private boolean hasRoom(Collection<Worker> workers, long nowNs) {
        if (waiting.isPresent()) {
            hand(waiting.get(), workers, nowNs);
        }
        return waiting.isEmpty() && workers.stream().anyMatch(worker -> worker.credit() > 0);
    }

    private void hand(Event event, Collection<Worker> workers, long nowNs) {
        Optional<Enrolment> least = Optional.empty();
        boolean isWanted = false;
        for (Worker worker : workers) {
            if (worker.credit() > 0 && worker.interest.filter().matches(event.topic())) {
                isWanted = true;
                Enrolment place = place(worker, nowNs);
                if (place.held < prefetch && (least.isEmpty() || place.held < least.get().held)) {
                    least = Optional.of(place);
                }
            }
        }
        if (isWanted && least.isEmpty()) {
            return;
        }
        waiting = Optional.empty();
        long nowEpochNanos = environment.wallClock().epochNanos();
        var position = new Position(session, next);
        next++;
        if (least.isPresent()) {
            least.get().worker.take(new Held(new Delivery(event, position, nowEpochNanos, nowEpochNanos), least.get(), 0, nowNs, true));
        } else {
            workers.forEach(worker -> worker.filtered(1));
        }
    }

    private Enrolment place(Worker worker, long nowNs) {
        return places.computeIfAbsent(worker, w -> {
            var place = new Enrolment(w, new DealerSocket().peer(), nowNs);
            place.session = session;
            // There is nobody to tell.
            place.isEnded = true;
            return place;
        });
    }

    void close() {
        inlet.close();
    }
}
