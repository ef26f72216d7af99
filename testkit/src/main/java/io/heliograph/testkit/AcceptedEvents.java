package io.heliograph.testkit;

import io.heliograph.Position;
import io.heliograph.PublishResult;
import io.heliograph.Session;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every accepted event with its place, worked out from both ends: a delivery shows its event's place; the events that
 * reached nobody take the places left, in the order of their publishes.
 */
final class AcceptedEvents {

    /** An accepted event; without a session as long as nobody has heard anything of its publisher. */
    record Accepted(RecordedPublisher publisher, RecordedPublisher.Attempt attempt, Optional<Position> position) {
    }

    private final Map<String, RecordedPublisher> publisherOf = new HashMap<>();
    private final Map<String, Position> heardAt = new HashMap<>();
    private final Map<RecordedPublisher, Long> sessionOf = new LinkedHashMap<>();
    private final Map<RecordedPublisher, List<Accepted>> byPublisher = new LinkedHashMap<>();
    private final List<String> faults = new ArrayList<>();

    AcceptedEvents(List<RecordedPublisher> publishers, List<RecordedSubscription> subscriptions) {
        for (RecordedPublisher publisher : publishers) {
            acceptedOf(publisher).forEach(attempt -> {
                if (publisherOf.putIfAbsent(attempt.fingerprint(), publisher) != null) {
                    faults.add(publisher.name() + ": the same content was accepted twice; number the events");
                }
            });
        }
        subscriptions.forEach(this::hear);
        guessLastSession(publishers, subscriptions);
        publishers.forEach(publisher -> byPublisher.put(publisher, place(publisher)));
    }

    private static List<RecordedPublisher.Attempt> acceptedOf(RecordedPublisher publisher) {
        return publisher.attempts().stream().filter(attempt -> attempt.result() == PublishResult.ACCEPTED)
                .sorted(Comparator.comparingLong(attempt -> attempt.span().end())).toList();
    }

    private void hear(RecordedSubscription subscription) {
        for (Arrival arrival : subscription.arrivals()) {
            if (arrival instanceof Arrival.Handed handed) {
                Position position = handed.delivery().position();
                RecordedPublisher publisher = publisherOf.get(handed.fingerprint());
                if (publisher == null) {
                    faults.add(subscription.name() + " was handed " + handed.delivery().event() + " at " + position
                            + ", which nobody accepted");
                    continue;
                }
                Position before = heardAt.putIfAbsent(handed.fingerprint(), position);
                if (before != null && !before.equals(position)) {
                    faults.add("the same event arrived at " + before + " and at " + position);
                }
                Long session = sessionOf.putIfAbsent(publisher, position.session());
                if (session != null && session != position.session()) {
                    faults.add(publisher.name() + "'s events arrived in two sessions, " + Session.format(session) + " and " + position);
                }
            }
        }
    }

    /** When one publisher reached nobody and one session is known only from its gaps, they belong together. */
    private void guessLastSession(List<RecordedPublisher> publishers, List<RecordedSubscription> subscriptions) {
        var silent = publishers.stream()
                .filter(publisher -> !sessionOf.containsKey(publisher) && !acceptedOf(publisher).isEmpty()).toList();
        Set<Long> unknown = new TreeSet<>();
        subscriptions.forEach(subscription -> subscription.gaps().forEach(gap -> unknown.add(gap.session())));
        unknown.removeAll(sessionOf.values());
        if (silent.size() == 1 && unknown.size() == 1) {
            sessionOf.put(silent.getFirst(), unknown.iterator().next());
        }
    }

    private List<Accepted> place(RecordedPublisher publisher) {
        List<RecordedPublisher.Attempt> attempts = acceptedOf(publisher);
        Long session = sessionOf.get(publisher);
        Set<Long> free = new TreeSet<>();
        for (long sequence = 0; sequence < attempts.size(); sequence++) {
            free.add(sequence);
        }
        attempts.forEach(attempt ->
                Optional.ofNullable(heardAt.get(attempt.fingerprint())).ifPresent(at -> free.remove(at.sequence())));
        var left = free.iterator();
        List<Accepted> placed = new ArrayList<>();
        for (RecordedPublisher.Attempt attempt : attempts) {
            Optional<Position> heard = Optional.ofNullable(heardAt.get(attempt.fingerprint()));
            Optional<Position> at = heard.isPresent() || session == null || !left.hasNext()
                    ? heard
                    : Optional.of(new Position(session, left.next()));
            placed.add(new Accepted(publisher, attempt, at));
        }
        return placed;
    }

    /** The events of one publisher, in the order in which their publishes returned. */
    List<Accepted> of(RecordedPublisher publisher) {
        return byPublisher.getOrDefault(publisher, List.of());
    }

    Set<RecordedPublisher> publishers() {
        return byPublisher.keySet();
    }

    Optional<Long> sessionOf(RecordedPublisher publisher) {
        return Optional.ofNullable(sessionOf.get(publisher));
    }

    /** Places are 0, 1, 2... in the order of acceptance, one for each event, and each publisher has its own session. */
    void check(Report.Builder report) {
        faults.forEach(report::fault);
        report.require(new HashSet<>(sessionOf.values()).size() == sessionOf.size(), "two publishers share a session");
        byPublisher.forEach((publisher, events) -> {
            var byPlace = new TreeMap<Long, Accepted>();
            for (Accepted event : events) {
                event.position().ifPresent(position -> {
                    if (byPlace.put(position.sequence(), event) != null) {
                        report.fault(publisher.name() + ": two events at " + position);
                    }
                    report.require(position.sequence() >= 0 && position.sequence() < events.size(),
                            publisher.name() + " accepted " + events.size() + " events, and one arrived at " + position);
                });
            }
            checkOrder(publisher, byPlace, report);
        });
    }

    private static void checkOrder(RecordedPublisher publisher, TreeMap<Long, Accepted> byPlace, Report.Builder report) {
        long latestBegin = Long.MIN_VALUE;
        for (var entry : byPlace.entrySet()) {
            Span span = entry.getValue().attempt().span();
            report.require(span.end() >= latestBegin, publisher.name() + ": the event at sequence " + entry.getKey()
                    + " was accepted before one with a lower sequence");
            latestBegin = Math.max(latestBegin, span.begin());
        }
    }
}
