package io.heliograph.zmq;

import java.time.Duration;

/**
 * When a publisher is told how far all is taken and how much more may come: at once where it waits for that, after a quarter of
 * the window, after many messages however small, and soon after anything; and when it is asked for what is missing. Guarded by
 * the subscriber's lock; allocates nothing.
 */
final class CreditSchedule {

    private static final long RESEND_PERIOD_NS = Duration.ofMillis(200).toNanos();
    private static final long CREDIT_PERIOD_NS = Duration.ofMillis(20).toNanos();
    /** However small they are: so many may be on their way, too. */
    private static final int MESSAGES_PER_CREDIT = FrameWindow.MOST_FRAMES / 4;

    private final int mostBytes;
    private boolean isDue;
    private boolean isResendDue;
    private long resendAskedNs;
    private long bytes;
    private int messages;
    private boolean isProgressed;
    private long progressNs;
    private long granted;

    CreditSchedule(ZmqLimits limits) {
        this.mostBytes = limits.windowBytes() / 4;
    }

    /** The publisher is to be told now. */
    void beDue() {
        isDue = true;
    }

    /** A message of so many bytes is taken. */
    void took(int messageBytes, long nowNs) {
        bytes += messageBytes;
        messages++;
        if (!isProgressed) {
            isProgressed = true;
            progressNs = nowNs;
        }
    }

    /** Something is missing: once in a while the publisher is asked for it; says whether it is now. */
    boolean miss(long nowNs) {
        if (nowNs - resendAskedNs < RESEND_PERIOD_NS) {
            return false;
        }
        resendAskedNs = nowNs;
        isResendDue = true;
        return true;
    }

    /** What is missing from now on may be asked for at once. */
    void beginSession(long nowNs) {
        isDue = true;
        resendAskedNs = nowNs - RESEND_PERIOD_NS;
    }

    /** Whether the publisher is to be told now, for what has come. */
    boolean isDue(long nowNs) {
        return isDue || isResendDue || bytes >= mostBytes || messages >= MESSAGES_PER_CREDIT
                || isProgressed && nowNs - progressNs >= CREDIT_PERIOD_NS;
    }

    /**
     * Whether half of what was granted is used up, and there is room for more.
     *
     * @param taken how many events are
     * @param grant how many would be granted now
     */
    boolean isUsedUp(long taken, long grant) {
        return granted != MessageLayout.UNLIMITED && grant > granted && granted - taken <= (grant - taken) / 2;
    }

    /** How long until it is due, if nothing else happens. */
    long untilDueNs(long nowNs) {
        return isProgressed ? progressNs + CREDIT_PERIOD_NS - nowNs : Long.MAX_VALUE;
    }

    /** The publisher is told of {@code grant}; says whether it is asked for what is missing. */
    boolean tell(long grant) {
        boolean isAsked = isResendDue;
        granted = grant;
        isDue = false;
        isResendDue = false;
        isProgressed = false;
        bytes = 0;
        messages = 0;
        return isAsked;
    }
}
