package io.heliograph.udp;

import io.heliograph.time.Clock;
import java.time.Duration;

/**
 * Tells a session's publisher what its subscriptions know and lost, and how far it may go: when one has come or gone, when a
 * quarter of the credit is used up, and each period; more often as long as the publisher has not answered.
 *
 * <pre>
 *   datagram   acknowledged                      limit
 *              v                                 v
 *     # # # #  .  .  #  .  .  .  .  .  .  .  .  .
 *              |-- window, and what is held ----|
 * </pre>
 *
 * <p>Guarded by the subscriber's lock; allocates nothing.
 */
final class StatusReports {

    /** How often a publisher that has not answered hears of this subscriber. */
    private static final long PROOF_PERIOD_NS = Duration.ofMillis(50).toNanos();

    /** Few are missing where at least so many times as many are held. */
    private static final int FEW_MISSING = 8;

    private final ReturnPath path;
    private final DatagramOrder order;
    private final EventDelivery delivery;
    private final Outlets outlets;
    private final int window;
    private final boolean isReliable;
    private final UdpLimits limits;
    private final Clock clock;
    private final ControlWriter.Report report = new ControlWriter.Report();
    private final ControlWriter.Echo echo = new ControlWriter.Echo();
    private boolean isReported = true;
    private long lastReportNs;
    private long reportedLimitEvent;
    private long reportedLimitDatagram;
    private long echoSentEpochNanos;
    private long echoHeardNs;

    /** @param window how many datagrams may be on their way */
    StatusReports(ReturnPath path, DatagramOrder order, EventDelivery delivery, Outlets outlets, int window, boolean isReliable,
            UdpLimits limits, Clock clock) {
        this.path = path;
        this.order = order;
        this.delivery = delivery;
        this.outlets = outlets;
        this.window = window;
        this.isReliable = isReliable;
        this.limits = limits;
        this.clock = clock;
        this.reportedLimitDatagram = order.expected() + window;
    }

    /** Something has changed that the publisher should hear of soon. */
    void beDue() {
        isReported = false;
    }

    /** A heartbeat asks for a report, unless one left just now: the publisher may have stopped for want of one that was lost. */
    void beDueUnlessFresh(long nowNs) {
        isReported &= nowNs - lastReportNs < limits.heartbeat().toNanos() / 10;
    }

    /** The publisher said when its heartbeat left; the next report tells it, once. */
    void echo(long sentEpochNanos, long nowNs) {
        echoSentEpochNanos = sentEpochNanos;
        echoHeardNs = nowNs;
    }

    /** Whether it is time to report. Once asked, the next time is a period away. */
    boolean takeTurn(long nowNs) {
        boolean isDue = !isReported || !outlets.isEmpty() && (nowNs - lastReportNs >= periodNs() || isFarther());
        if (isDue) {
            isReported = true;
            lastReportNs = nowNs;
        }
        return isDue;
    }

    private long periodNs() {
        return isReliable && !path.isProven() ? PROOF_PERIOD_NS : limits.status().toNanos();
    }

    /** How long until a report is due that nothing else leads to, as long as the publisher has not answered. */
    long untilDueNs() {
        return isReliable && !path.isProven() && !outlets.isEmpty() ? PROOF_PERIOD_NS : Long.MAX_VALUE;
    }

    /** Whether the publisher may go a quarter farther than it has been told. */
    boolean isFarther() {
        return isReliable && (limitDatagram() - reportedLimitDatagram >= window / 4
                || outlets.haveMoreRoom(reportedLimitEvent, delivery.nextEvent()));
    }

    /**
     * The first datagram that may not come yet. What is on its way has its place in the socket, what is held has it here; but
     * where much is missing, more on its way would be lost as well.
     */
    private long limitDatagram() {
        HeldDatagrams held = order.held();
        int besideSocket = (order.knownDatagrams() - order.arrived()) * FEW_MISSING <= held.count() ? held.count() : 0;
        return order.expected() + Math.min(held.window(), window + besideSocket);
    }

    /** Reports, whether it is time or not. */
    void send(int flags) {
        int blocking = isReliable && outlets.areWaitedFor() ? DatagramLayout.BLOCKING : 0;
        reportedLimitEvent = outlets.limitEvent(delivery.nextEvent());
        reportedLimitDatagram = limitDatagram();
        report.set(outlets.known(), outlets.lost(), order.expected(), reportedLimitDatagram, reportedLimitEvent, outlets.count());
        echo.set(echoSentEpochNanos, echoSentEpochNanos == 0 ? 0 : clock.nanoTime() - echoHeardNs, order.arrived());
        echoSentEpochNanos = 0;
        path.report(report, echo, flags | blocking);
    }
}
