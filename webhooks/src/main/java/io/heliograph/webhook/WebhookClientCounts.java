package io.heliograph.webhook;

import java.util.Map;

/**
 * What a {@link WebhookClient} has done: {@code begun = delivered + gone + failed (by reason) + under way}, each counted
 * where it happens. Read while attempts run, the terms may be of slightly different moments.
 *
 * @param begun           attempts that began
 * @param delivered       attempts that the receiver took
 * @param gone            attempts that were answered 410
 * @param failed          attempts that failed, by reason
 * @param underWay        attempts that have not ended
 * @param usedConnections connections on which an attempt runs
 * @param idleConnections connections that are kept for the next one
 */
public record WebhookClientCounts(long begun, long delivered, long gone, Map<FailureReason, Long> failed, long underWay,
        int usedConnections, int idleConnections) {

    public WebhookClientCounts {
        failed = Map.copyOf(failed);
    }
}
