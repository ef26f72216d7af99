package io.heliograph.webhook;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.Subscription;
import io.heliograph.TopicFilter;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.time.WallClock;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A subscription at a receiver on loopback that verifies signatures and answers when its handler has returned. That an event is missing,
 * and where, shows here, by the places of those that come; why, only its sender counts. What its sender has given up since the handler
 * threw is lost as failed, as it is where nobody tries again.
 */
final class ReceivedEvents implements Subscription {

    static final String NOT_OKAY = TestReceiver.answer(500, "", "");
    private static final String OKAY = TestReceiver.answer(204, "", "");

    private final WebhookVerifier verifier;
    private final TopicFilter filter;
    private final EventHandler handler;
    private final List<SequencedPublisher> publishers;
    private final Sender sender;
    /** By session, where it will go on: what is before was handed out, told, or accepted before this was there. */
    private final Map<Long, Long> nextBySession = new HashMap<>();
    private final Map<Long, Long> joinedBySession = new HashMap<>();
    private final Map<LossReason, Long> told = new EnumMap<>(LossReason.class);
    private Optional<SubscriberSums> atEnd = Optional.empty();
    private long gaps;
    private long duplicates;
    private long failures;

    /** The sender's side. */
    interface Sender {

        /** What it counts; the same for ever once it is left. */
        SubscriberSums sums();

        /** Whether it makes a failed attempt again. */
        boolean triesAgain();

        void replacePolicy(FlowPolicy policy);

        void leave();
    }

    /**
     * @param clock      tells whether a signature is of today
     * @param filter     what the sender is to send
     * @param publishers know the places of events
     */
    ReceivedEvents(WallClock clock, TopicFilter filter, EventHandler handler, List<SequencedPublisher> publishers, Sender sender) {
        this.verifier = WebhookVerifier.of(VerifyingKey.parse(OutboxFixture.SECRET)).withClock(clock);
        this.filter = filter;
        this.handler = handler;
        this.publishers = publishers;
        this.sender = sender;
        publishers.forEach(publisher -> {
            nextBySession.put(publisher.session(), publisher.accepted());
            joinedBySession.put(publisher.session(), publisher.accepted());
        });
    }

    /** What the receiver says to a request; one that is not signed is none. */
    String answer(TestReceiver.Request request) {
        boolean isSigned = verifier.verify(request.headers(), request.body()) instanceof Verification.Verified;
        return isSigned && handle(event(request)) ? OKAY : NOT_OKAY;
    }

    /** Without the id that it has on its way if it has none of its own. */
    private static Event event(TestReceiver.Request request) {
        Event event = CloudEventHttp.read(request.headers(), request.body());
        if (!event.id().equals(request.header("webhook-id"))) {
            return event;
        }
        EventBuilder builder = Event.builder(event.topic()).source(event.source()).dataFrom(event.data());
        event.contentType().ifPresent(builder::contentType);
        event.subject().ifPresent(builder::subject);
        event.time().ifPresent(builder::time);
        event.ttl().ifPresent(builder::ttl);
        event.attributes().forEach(builder::attribute);
        return builder.build();
    }

    private boolean handle(Event event) {
        SequencedPublisher publisher = publishers.stream().filter(one -> one.place(event).isPresent()).findFirst().orElseThrow();
        Position position = publisher.place(event).orElseThrow();
        synchronized (this) {
            duplicates += position.sequence() < next(publisher) ? 1 : 0;
            tell(publisher, position.sequence());
            nextBySession.put(position.session(), Math.max(next(publisher), position.sequence() + 1));
        }
        try {
            long nowNs = System.currentTimeMillis() * 1_000_000;
            handler.onEvent(new Delivery(event, position, nowNs, nowNs));
            return true;
        } catch (Exception e) {
            failed(position);
            return false;
        }
    }

    private synchronized void failed(Position position) {
        failures++;
        if (!sender.triesAgain()) {
            tell(new Gap(position.session(), position.sequence(), position.sequence(), 1, LossReason.FAILED));
        }
    }

    private long next(SequencedPublisher publisher) {
        return nextBySession.getOrDefault(publisher.session(), 0L);
    }

    /** What is missing up to a place; why, the sender knows. */
    private void tell(SequencedPublisher publisher, long end) {
        long from = next(publisher);
        long[] left = {end <= from ? 0 : publisher.accepted(filter, from, end)};
        lost(sender.sums()).forEach((reason, count) -> {
            long here = Math.min(count - told.getOrDefault(reason, 0L), left[0]);
            if (here > 0) {
                left[0] -= here;
                tell(new Gap(publisher.session(), from, end - 1, here, reason));
            }
        });
    }

    private void tell(Gap gap) {
        told.merge(gap.reason(), gap.count(), Long::sum);
        gaps++;
        handler.onGap(gap);
    }

    private Map<LossReason, Long> lost(SubscriberSums sums) {
        if (sender.triesAgain()) {
            return sums.lost();
        }
        var lost = new EnumMap<LossReason, Long>(LossReason.class);
        sums.lost().forEach((reason, count) -> lost.merge(reason == LossReason.DEAD_LETTER ? LossReason.FAILED : reason, count, Long::sum));
        return lost;
    }

    @Override
    public int poll(EventHandler each, int limit) {
        throw new IllegalStateException("it has a handler of its own");
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        sender.replacePolicy(policy);
    }

    /**
     * Once nothing is under way, what is missing behind the last that came is told too. The sender's sums begin behind its topics: what is
     * not of them is counted here.
     */
    @Override
    public synchronized SubscriberSums sums() {
        if (atEnd.isPresent()) {
            return atEnd.get();
        }
        long unwanted = 0;
        for (SequencedPublisher publisher : publishers) {
            long from = joinedBySession.getOrDefault(publisher.session(), 0L);
            long end = publisher.accepted();
            unwanted += end - from - publisher.accepted(filter, from, end);
        }
        SubscriberSums sums = sender.sums();
        Map<LossReason, Long> lost = lost(sums);
        if (sums.inFlight() == 0 && sums.lostTotal() > told.values().stream().mapToLong(Long::longValue).sum()) {
            for (SequencedPublisher publisher : publishers) {
                long end = publisher.accepted();
                tell(publisher, end);
                nextBySession.put(publisher.session(), Math.max(next(publisher), end));
            }
        }
        return new SubscriberSums(sums.known() + unwanted, sums.delivered(), sums.filtered() + unwanted, lost, sums.inFlight(), duplicates,
                gaps, failures);
    }

    @Override
    public void close() {
        sender.leave();
        synchronized (this) {
            atEnd = Optional.of(sums());
        }
    }
}
