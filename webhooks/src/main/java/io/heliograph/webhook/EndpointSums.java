package io.heliograph.webhook;

import io.heliograph.LossReason;
import io.heliograph.ledger.SubscriberSums;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.EnumMap;
import java.util.Map;

/**
 * An endpoint's sums over its whole life, kept through restarts: {@code known - handedOn = delivered + filtered + lost + waiting}.
 *
 * @param known        events of its topics that it was given, or that its query filtered
 * @param handedOn     of these, the ones that another member of its group got instead
 * @param delivered    answered with 2xx
 * @param filtered     not for it, by its query
 * @param lost         given up for good, by reason
 * @param waiting      neither yet
 * @param waitingBytes how many bytes wait, as {@link io.heliograph.Event#size} counts them
 * @param failures     beside the sum: attempts at an event that failed at its receiver
 * @param duplicates   beside the sum: 2xx for an event that was delivered already, such as one that was sent again when its lease was over
 */
public record EndpointSums(long known, long handedOn, long delivered, long filtered, Map<LossReason, Long> lost, long waiting,
        long waitingBytes, long failures, long duplicates) {

    public EndpointSums {
        lost = Map.copyOf(lost);
    }

    static EndpointSums read(ResultSet row) throws SQLException {
        Map<LossReason, Long> lost = new EnumMap<>(LossReason.class);
        for (LossReason reason : DeliveryRows.LOSSES) {
            long count = row.getLong(DeliveryRows.lossColumn(reason));
            if (count != 0) {
                lost.put(reason, count);
            }
        }
        return new EndpointSums(row.getLong("known"), row.getLong("handed_on"), row.getLong("delivered"), row.getLong("filtered"), lost,
                row.getLong("waiting"), row.getLong("waiting_bytes"), row.getLong("failed"), row.getLong("duplicates"));
    }

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return known - handedOn - delivered - filtered - lost.values().stream().mapToLong(Long::longValue).sum() - waiting;
    }

    /** As the law has it; what was handed on is its receiver's. */
    public SubscriberSums asSubscriber() {
        return new SubscriberSums(known - handedOn, delivered, filtered, lost, waiting, duplicates, 0, failures);
    }
}
