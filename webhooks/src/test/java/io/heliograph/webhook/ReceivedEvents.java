package io.heliograph.webhook;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.EventBuilder;
import io.heliograph.EventHandler;
import io.heliograph.Gap;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A subscription at a receiver on loopback that verifies signatures and answers when its handler has returned. That an event is missing,
 * and where, shows here, by the places of those that come; why, only its sender counts.
 */
final class ReceivedEvents implements Subscription {

    static final String NOT_OKAY = TestReceiver.answer(500, "", "");
    private static final String OKAY = TestReceiver.answer(204, "", "");

    private final WebhookVerifier verifier = WebhookVerifier.of(VerifyingKey.parse(OutboxFixture.SECRET));
    private final EventHandler handler;
    private final List<SequencedPublisher> publishers;
    private final Supplier<SubscriberSums> senders;
    private final Runnable onClose;
    private final Map<Long, Long> lastBySession = new HashMap<>();
    private final Map<LossReason, Long> told = new EnumMap<>(LossReason.class);
    private long gaps;
    private long duplicates;
    private long lastSession;

    /**
     * @param publishers know the places of events
     * @param senders    what the sender counts
     */
    ReceivedEvents(EventHandler handler, List<SequencedPublisher> publishers, Supplier<SubscriberSums> senders, Runnable onClose) {
        this.handler = handler;
        this.publishers = publishers;
        this.senders = senders;
        this.onClose = onClose;
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
        Position position = publishers.stream().flatMap(one -> one.place(event).stream()).findFirst().orElseThrow();
        synchronized (this) {
            long last = lastBySession.getOrDefault(position.session(), -1L);
            duplicates += position.sequence() <= last ? 1 : 0;
            tell(position.session(), last + 1, position.sequence() - 1);
            lastBySession.put(position.session(), Math.max(last, position.sequence()));
            lastSession = position.session();
        }
        try {
            long nowNs = System.currentTimeMillis() * 1_000_000;
            handler.onEvent(new Delivery(event, position, nowNs, nowNs));
            return true;
        } catch (Exception e) {
            return false;
        }
    }

    /** Why they are missing, the sender knows. */
    private void tell(long session, long from, long to) {
        long[] left = {to - from + 1};
        if (left[0] > 0) {
            senders.get().lost().forEach((reason, count) -> {
                long here = Math.min(count - told.getOrDefault(reason, 0L), left[0]);
                if (here > 0) {
                    left[0] -= here;
                    told.merge(reason, here, Long::sum);
                    gaps++;
                    handler.onGap(new Gap(session, from, to, here, reason));
                }
            });
        }
    }

    @Override
    public int poll(EventHandler each, int limit) {
        throw new IllegalStateException("it has a handler of its own");
    }

    @Override
    public void replacePolicy(FlowPolicy policy) {
        throw new ConfigException("policy", policy.text(), "that of the sender, whose backlog it is");
    }

    /** Once nothing is under way, what is missing behind the last that came is told too. */
    @Override
    public synchronized SubscriberSums sums() {
        SubscriberSums sums = senders.get();
        long missing = sums.lostTotal() - told.values().stream().mapToLong(Long::longValue).sum();
        if (sums.inFlight() == 0 && missing > 0) {
            long from = lastBySession.getOrDefault(lastSession, -1L) + 1;
            tell(lastSession, from, from + missing - 1);
        }
        return new SubscriberSums(sums.known(), sums.delivered(), sums.filtered(), sums.lost(), sums.inFlight(), duplicates, gaps, 0);
    }

    @Override
    public void close() {
        onClose.run();
    }
}
