package io.heliograph.webhook;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.Condition;

/** Which lanes are to be looked at, now or at a moment. Confined to the lock of its {@link Deliveries}. */
final class Rota {

    private final Condition changed;
    private final ArrayDeque<Lane> restless = new ArrayDeque<>();
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();

    private record Alarm(long atNs, Lane lane) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            return Long.signum(atNs - other.atNs);
        }
    }

    /** @param changed signalled when there is something new to look at */
    Rota(Condition changed) {
        this.changed = changed;
    }

    /** Has a lane looked at. */
    void stir(Lane lane) {
        if (lane.stir()) {
            restless.add(lane);
            changed.signalAll();
        }
    }

    /** Has a lane looked at then, unless that happens sooner. */
    void sleep(Lane lane, long untilNs) {
        if (lane.sleepUntil(untilNs)) {
            alarms.add(new Alarm(untilNs, lane));
            changed.signalAll();
        }
    }

    /** The one to be looked at next. */
    Optional<Lane> next() {
        Optional<Lane> next = Optional.ofNullable(restless.poll());
        next.ifPresent(Lane::calm);
        return next;
    }

    /** Stirs those whose moment has come. */
    void wakeDue(long nowNs) {
        while (!alarms.isEmpty() && alarms.peek().atNs() - nowNs <= 0) {
            Alarm alarm = alarms.remove();
            if (alarm.lane().wakesAt(alarm.atNs())) {
                alarm.lane().moreIsReady();
                stir(alarm.lane());
            }
        }
    }

    /** Whether none is to be looked at now. */
    boolean isCalm() {
        return restless.isEmpty();
    }

    /** When the next one's moment comes, if that is before another. */
    long nextNs(long otherNs) {
        return alarms.isEmpty() || otherNs - alarms.peek().atNs() < 0 ? otherNs : alarms.peek().atNs();
    }
}
