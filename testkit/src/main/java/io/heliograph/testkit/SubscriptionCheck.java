package io.heliograph.testkit;

import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.ledger.SubscriberSums;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Compares what one subscription got with what was accepted while it was open, and its sums with both. */
final class SubscriptionCheck {

    private final RecordedSubscription subscription;
    private final AcceptedEvents accepted;
    private final boolean isOrdered;
    private final boolean isLossless;
    private final boolean isImmediate;
    private final Report.Builder report;
    private final String name;

    // Over all publishers: at least and at most.
    private long surelyKnown;
    private long possiblyKnown;
    private long surelyFiltered;
    private long possiblyFiltered;

    /** What one session's events are to this subscription, by sequence. */
    private static final class Fates {
        final TreeMap<Long, Integer> handed = new TreeMap<>();
        /** Handed to a handler that threw: a gap of its own tells of it. */
        final TreeMap<Long, String> failed = new TreeMap<>();
        /** Wanted, and not handed out though it was open. */
        final TreeMap<Long, String> missing = new TreeMap<>();
        /** A gap may count these or not. */
        final TreeMap<Long, String> optional = new TreeMap<>();
    }

    SubscriptionCheck(RecordedSubscription subscription, AcceptedEvents accepted, Set<Trait> promises, Report.Builder report) {
        this.subscription = subscription;
        this.accepted = accepted;
        this.isOrdered = promises.contains(Trait.ORDERED);
        this.isLossless = promises.contains(Trait.LOSSLESS);
        this.isImmediate = promises.contains(Trait.IMMEDIATE);
        this.report = report;
        this.name = subscription.name();
    }

    void checkEvents() {
        List<Gap> strangers = new ArrayList<>(subscription.gaps());
        for (RecordedPublisher publisher : accepted.publishers()) {
            Optional<Long> session = accepted.sessionOf(publisher);
            List<Gap> gaps = strangers.stream().filter(gap -> session.equals(Optional.of(gap.session()))).toList();
            strangers.removeAll(gaps);
            Fates fates = fates(publisher, session);
            checkHanded(publisher, fates);
            if (isOrdered) {
                session.ifPresent(this::checkOrder);
            }
            checkGaps(publisher, fates, gaps);
        }
        strangers.forEach(gap -> report.fault(name + " was told of " + gap + ", a session that nobody published in"));
    }

    private Fates fates(RecordedPublisher publisher, Optional<Long> session) {
        var fates = new Fates();
        long lastHeard = -1;
        for (Arrival arrival : subscription.arrivals()) {
            if (arrival instanceof Arrival.Handed handed
                    && session.equals(Optional.of(handed.delivery().position().session()))) {
                long sequence = handed.delivery().position().sequence();
                lastHeard = Math.max(lastHeard, sequence);
                fates.handed.merge(sequence, 1, Integer::sum);
                if (handed.hasThrown()) {
                    fates.failed.put(sequence, "failed");
                }
            }
        }
        for (AcceptedEvents.Accepted event : accepted.of(publisher)) {
            Hearing hearing = hearing(event, lastHeard);
            boolean isWanted = WantedTopics.wants(subscription.interest().filter().toString(), event.attempt().topic());
            boolean isSure = hearing == Hearing.SURELY;
            boolean isPossible = hearing != Hearing.NEVER;
            surelyKnown += isSure ? 1 : 0;
            possiblyKnown += isPossible ? 1 : 0;
            surelyFiltered += isSure && !isWanted ? 1 : 0;
            possiblyFiltered += isPossible && !isWanted ? 1 : 0;
            String what = publisher.name() + " " + event.attempt().topic() + event.position().map(at -> " " + at).orElse("");
            boolean isHanded = event.position().filter(at -> fates.handed.containsKey(at.sequence())).isPresent();
            report.require(!isHanded || isPossible, name + " was handed what was published while it was not there: " + what);
            report.require(!isHanded || isWanted, name + " was handed what its filter does not want: " + what);
            if (!isHanded && isPossible) {
                // Before anything was heard of its session, only the number of missing events counts.
                long sequence = event.position().map(at -> at.sequence()).orElse(-1L - fates.missing.size());
                if (isSure && isWanted) {
                    fates.missing.put(sequence, what);
                } else if (isWanted || !isLossless) {
                    fates.optional.put(sequence, what);
                }
            }
        }
        return fates;
    }

    /** Where events take their time, those around a join and a leave may or may not be heard. */
    private Hearing hearing(AcceptedEvents.Accepted event, long lastHeard) {
        Hearing hearing = Hearing.of(event.attempt().span(), subscription);
        if (isImmediate) {
            return hearing;
        }
        boolean isPerhapsStillComing = subscription.left().isPresent()
                && event.position().filter(at -> at.sequence() <= lastHeard).isEmpty();
        boolean isPerhapsNotYetGone = event.attempt().span().isBefore(subscription.joined());
        return hearing == Hearing.SURELY && isPerhapsStillComing || hearing == Hearing.NEVER && isPerhapsNotYetGone
                ? Hearing.POSSIBLY
                : hearing;
    }

    private void checkHanded(RecordedPublisher publisher, Fates fates) {
        fates.handed.forEach((sequence, times) -> report.require(times == 1,
                name + " was handed " + publisher.name() + "'s sequence " + sequence + " " + times + " times"));
    }

    /** Sequences rise, and each gap is told after the events before it and before those behind it. */
    private void checkOrder(long session) {
        long lastHanded = -1;
        long last = -1;
        for (Arrival arrival : subscription.arrivals()) {
            if (arrival instanceof Arrival.Handed handed && handed.delivery().position().session() == session) {
                long sequence = handed.delivery().position().sequence();
                report.require(sequence > last, name + " got sequence " + sequence + " after " + last + " was handed or told");
                lastHanded = sequence;
                last = Math.max(last, sequence);
            } else if (arrival instanceof Arrival.Told told && told.gap().session() == session) {
                boolean isOwn = told.gap().reason() == LossReason.FAILED && told.gap().to() == lastHanded;
                report.require(isOwn || told.gap().from() > lastHanded, name + " was told of " + told.gap() + " only after " + lastHanded);
                last = Math.max(last, told.gap().to());
            }
        }
    }

    /**
     * Gaps may overlap, since a gap counts only its own reason's events of its range. Within each stretch of ranges that
     * overlap, the counts together are exactly the events missing there.
     */
    private void checkGaps(RecordedPublisher publisher, Fates fates, List<Gap> gaps) {
        List<Gap> sorted = gaps.stream().sorted(Comparator.comparingLong(Gap::from)).toList();
        var unexplained = new TreeMap<>(fates.missing);
        unexplained.putAll(fates.failed);
        int i = 0;
        while (i < sorted.size()) {
            long from = sorted.get(i).from();
            long to = sorted.get(i).to();
            long count = 0;
            while (i < sorted.size() && sorted.get(i).from() <= to) {
                to = Math.max(to, sorted.get(i).to());
                count += sorted.get(i).count();
                i++;
            }
            Map<Long, String> here = unexplained.subMap(from, true, to, true);
            long most = here.size() + fates.optional.subMap(from, true, to, true).size();
            report.between(name + "'s count of lost events of " + publisher.name() + " from " + from + " to " + to, count,
                    here.size(), most);
            here.clear();
        }
        if (!unexplained.isEmpty()) {
            report.fault(name + " was neither handed nor told of " + unexplained.size() + " of " + publisher.name()
                    + "'s events, the first: " + unexplained.firstEntry().getValue());
        }
    }

    void checkSums() {
        SubscriberSums sums = subscription.sums();
        long delivered = 0;
        long failed = 0;
        long gapsTold = 0;
        long failures = 0;
        var lost = new EnumMap<LossReason, Long>(LossReason.class);
        for (Arrival arrival : subscription.arrivals()) {
            failures += arrival.hasThrown() ? 1 : 0;
            switch (arrival) {
                case Arrival.Handed handed -> {
                    delivered += handed.hasThrown() ? 0 : 1;
                    failed += handed.hasThrown() ? 1 : 0;
                }
                case Arrival.Told told -> {
                    gapsTold++;
                    lost.merge(told.gap().reason(), told.gap().count(), Long::sum);
                }
            }
        }
        report.equal(name + "'s gaps for what its handler threw at", lost.getOrDefault(LossReason.FAILED, 0L), failed);
        for (LossReason reason : LossReason.values()) {
            report.equal(name + "'s lost(" + reason.label() + ")", sums.lost().getOrDefault(reason, 0L),
                    lost.getOrDefault(reason, 0L));
        }
        report.equal(name + "'s delivered", sums.delivered(), delivered);
        report.equal(name + "'s gaps", sums.gaps(), gapsTold);
        report.equal(name + "'s failures", sums.failures(), failures);
        report.equal(name + "'s in_flight", sums.inFlight(), 0);
        report.equal(name + "'s difference", sums.difference(), 0);
        report.between(name + "'s known", sums.known(), surelyKnown, possiblyKnown);
        if (isLossless) {
            report.between(name + "'s filtered", sums.filtered(), surelyFiltered, possiblyFiltered);
            report.equal(name + "'s duplicates", sums.duplicates(), 0);
        }
    }
}
