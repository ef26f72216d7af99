package io.heliograph.udp;

import io.heliograph.PublishResult;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.TellingLock;
import io.heliograph.ledger.PublisherLedger;
import java.util.Optional;

/**
 * Where {@link UdpAppender}s hand their datagrams over to a publisher: its log takes them as they are, as soon as there is room,
 * and its sums count their events. Thread-safe: takes the publisher's lock once for each chunk. Allocates nothing.
 */
final class AppenderHandOver {

    private final TellingLock lock;
    private final PublisherLedger ledger;
    private final SessionSender sender;
    private final Receivers receivers;
    private final Credit credit;
    private final LogRoom room;

    /** @param lock guards all the others */
    AppenderHandOver(TellingLock lock, PublisherLedger ledger, SessionSender sender, Receivers receivers, Credit credit,
            LogRoom room) {
        this.lock = lock;
        this.ledger = ledger;
        this.sender = sender;
        this.receivers = receivers;
        this.credit = credit;
        this.room = room;
    }

    /** How many events may be handed over at once, so that no subscriber's credit is too small for them. */
    int mostEvents() {
        FlowPolicy now = credit.policy();
        return now instanceof FlowPolicy.Drop ? Integer.MAX_VALUE : Math.max(1, now.limit().events() / 4);
    }

    /**
     * Takes the datagrams sealed in {@code chunk}; {@code appender} goes on with the chunk that it is given.
     *
     * @return {@code ACCEPTED}, or why nothing was taken; that is not counted
     */
    PublishResult take(UdpAppender appender, Chunk chunk, int events) {
        int bytes = chunk.sealedBytes();
        lock.lock();
        try {
            long startedNs = LogRoom.NOT_WAITED;
            while (!sender.isClosed()) {
                if (credit.allowsTogether(events) && sender.take(appender, chunk, events)) {
                    ledger.count(PublishResult.ACCEPTED, events);
                    if (receivers.isEmpty()) {
                        ledger.countUnheard(events);
                    }
                    room.hearOnTheWay(bytes);
                    return PublishResult.ACCEPTED;
                }
                startedNs = room.refusedSinceNs(startedNs);
                Optional<PublishResult> refused = room.make(startedNs);
                if (refused.isPresent()) {
                    return refused.get();
                }
            }
            return PublishResult.CLOSED;
        } finally {
            lock.unlock();
        }
    }

    /** Counts events that an appender refused, or still had when it was closed. */
    PublishResult refuse(PublishResult result, int events) {
        lock.lock();
        try {
            ledger.count(result, events);
            return result;
        } finally {
            lock.unlock();
        }
    }
}
