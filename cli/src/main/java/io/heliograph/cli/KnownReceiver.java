package io.heliograph.cli;

import io.heliograph.Publisher;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.webhook.DirectPublisher;
import io.heliograph.zmq.GroupSums;
import io.heliograph.zmq.ZmqWorkPublisher;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Somebody of whom the publisher itself knows what became of the events: a webhook's receiver, a group of workers. Subscribers of other
 * transports print their own ledger. Immutable.
 *
 * @param name      as messages say it
 * @param isForeign whether delivered means handed to a foreign peer's socket
 * @param sums      of a group: what waits and what is handed out are both in flight
 */
record KnownReceiver(String name, boolean isForeign, SubscriberSums sums) {

    /** Those of a publisher, as they stand now. */
    static List<KnownReceiver> of(Publisher publisher) {
        return switch (publisher) {
            case DirectPublisher direct -> List.of(new KnownReceiver("the receiver", false, direct.receiverSums()));
            case ZmqWorkPublisher work -> work.groups().stream().map(KnownReceiver::of).toList();
            default -> List.of();
        };
    }

    private static KnownReceiver of(GroupSums group) {
        return new KnownReceiver("group " + group.group(), group.isForeign(),
                new SubscriberSums(group.accepted() + group.filtered(), group.acknowledged(), group.filtered(), group.lost(),
                        group.waiting() + group.inFlight(), 0, 0, group.failures()));
    }

    /** Whether it got nothing of what was meant for it. */
    boolean isWithoutAny() {
        return sums.delivered() == 0 && sums.lostTotal() > 0;
    }

    /** What it lost, if anything. */
    Optional<String> loss() {
        if (sums.lostTotal() == 0) {
            return Optional.empty();
        }
        long wanted = sums.known() - sums.filtered();
        String reasons = sums.lost().entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(entry -> entry.getKey().label() + " " + entry.getValue()).collect(Collectors.joining(", "));
        return Optional.of(name + (isWithoutAny() ? " got none of " + wanted : " lost " + sums.lostTotal() + " of " + wanted)
                + (wanted == 1 ? " event (" : " events (") + reasons + ")");
    }
}
