package io.heliograph.cli;

import io.heliograph.Gap;
import io.heliograph.Notice;
import io.heliograph.Session;

/** Notices as lines on standard error. Stateless. */
final class NoticeText {

    private NoticeText() {
    }

    static String of(Notice notice) {
        return switch (notice) {
            case Notice.GapTold(String subscription, Gap gap) ->
                "gap: " + events(gap.count()) + " lost (" + gap.reason().label() + "), " + Session.format(gap.session())
                        + " " + range(gap) + ", " + subscription;
            case Notice.SlowConsumer(String subscription, var reason) ->
                "notice: slow consumer, events are lost (" + reason.label() + "), " + subscription;
            case Notice.TailUnknown(String subscription, long session, long sequence) ->
                "notice: session " + Session.format(session) + " ended without its end of stream, tail unknown after "
                        + Long.toUnsignedString(sequence) + ", " + subscription;
            case Notice.HandlerFailed(String subscription, var position, String error) ->
                "notice: handler failed at " + position + ": " + error + ", " + subscription;
            case Notice.SubscriberEvicted(String publisher, String subscriber) ->
                "notice: subscriber " + subscriber + " was silent too long and is cut off, " + publisher;
            case Notice.DeadLettered(String publisher, String group, var position, int deliveries, String why) ->
                "notice: " + position + " is a dead letter of group " + group + " after " + deliveries
                        + (deliveries == 1 ? " delivery (" : " deliveries (") + why + "), " + publisher;
            case Notice.TransportFailed(String address, String error) -> "notice: " + address + " failed: " + error;
            case Notice.Degraded(String address, String what) -> "notice: " + what + ", " + address;
        };
    }

    private static String events(long count) {
        return count == 1 ? "1 event" : count + " events";
    }

    private static String range(Gap gap) {
        String from = Long.toUnsignedString(gap.from());
        return gap.from() == gap.to() ? from : from + " to " + Long.toUnsignedString(gap.to());
    }
}
