package io.heliograph.testkit;

import io.heliograph.PublishResult;
import io.heliograph.ledger.PublisherSums;
import java.util.List;

/** Compares a publisher's sums with what its publishes returned. */
final class PublisherCheck {

    private PublisherCheck() {
    }

    static void check(RecordedPublisher publisher, List<RecordedSubscription> subscriptions, Report.Builder report) {
        PublisherSums sums = publisher.sums();
        String name = publisher.name() + "'s ";
        long accepted = publisher.count(PublishResult.ACCEPTED);
        long dropped = publisher.count(PublishResult.DROPPED);
        long offered = publisher.attempts().size();
        report.equal(name + "offered", sums.offered(), offered);
        report.equal(name + "accepted", sums.accepted(), accepted);
        report.equal(name + "dropped", sums.dropped(), dropped);
        report.equal(name + "refused", sums.refused(), offered - accepted - dropped);
        report.equal(name + "difference", sums.difference(), 0);
        long surely = 0;
        long possibly = 0;
        for (RecordedPublisher.Attempt attempt : publisher.attempts()) {
            if (attempt.result() == PublishResult.ACCEPTED) {
                boolean isSurelyHeard = false;
                boolean isPossiblyHeard = false;
                for (RecordedSubscription subscription : subscriptions) {
                    Hearing hearing = Hearing.of(attempt.span(), subscription);
                    isSurelyHeard |= hearing == Hearing.SURELY;
                    isPossiblyHeard |= hearing != Hearing.NEVER;
                }
                surely += isPossiblyHeard ? 0 : 1;
                possibly += isSurelyHeard ? 0 : 1;
            }
        }
        report.between(name + "unheard", sums.unheard(), surely, possibly);
    }
}
