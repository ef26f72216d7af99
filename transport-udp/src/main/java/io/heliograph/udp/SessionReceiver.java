package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Position;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Follows one session from its first datagram to its end: where it begins for each subscription, what each kind of datagram
 * means, when what is missing is given up, and when its publisher is silent.
 *
 * <pre>
 *   datagram --> SessionReceiver --> DatagramOrder --> EventDelivery --> Outlets --> subscriptions
 *                                     |- HeldDatagrams
 *   ReturnPath <-- StatusReports      |
 *       ^--------- RepairRequests <---'  what is missing
 * </pre>
 *
 * <p>In a reliable session a missing datagram is asked for until it comes, or until its publisher says that it has it no
 * longer. In any other one it is lost once it is late by {@code limits.reorderWait()}. Guarded by the subscriber's lock; a
 * function of what it is given and the time it is told.
 */
final class SessionReceiver {

    /** A publisher that has not answered for so long does not hear this subscriber: what is missing stays so. */
    private static final long PROOF_NS = Duration.ofSeconds(2).toNanos();

    private final Start start;
    private final UdpLimits limits;
    private final ReturnPath path;
    private final boolean isReliable;
    private final Outlets outlets;
    private final EventDelivery delivery;
    private final RepairRequests requests;
    private final DatagramOrder order;
    private final StatusReports reports;
    private long joinedNs;
    private long lastHeardNs;
    private String policyText = "";
    private boolean isPlaced;
    private boolean isEnding;
    private boolean isEnded;
    private boolean isSilent;

    /**
     * @param first       a datagram of the session
     * @param place       the datagram and event to begin with
     * @param window      how many datagrams may be on their way
     * @param policy      in force where the session is not reliable; in one that is, until its publisher states its own, it waits
     * @param path        the way back to its publisher
     * @param environment clock and chance
     */
    SessionReceiver(Datagram first, ForgottenSessions.Place place, Feed feed, int window, FlowPolicy policy, ReturnPath path,
            Environment environment, UdpCounters.Tally tally, long nowNs) {
        this.start = feed.start();
        this.limits = feed.limits();
        this.path = path;
        this.joinedNs = nowNs;
        this.isReliable = first.isFlagged(DatagramLayout.RELIABLE);
        this.isPlaced = !isReliable || !isHistoryWanted(start, path.session());
        this.outlets = new Outlets(path.session(), isReliable
                ? FlowPolicy.backPressure(Limit.DEFAULT, FlowPolicy.BackPressure.DEFAULT_MAX_WAIT)
                : policy);
        this.delivery = new EventDelivery(path.session(), outlets, feed.share(), isReliable, tally);
        this.requests = new RepairRequests(path, environment.random(), tally);
        if (feed.targets().size() > 1) {
            requests.allowBetweenLines(limits.reorderWait());
        }
        this.order = isReliable
                ? DatagramOrder.repaired(place, delivery, requests, tally, window)
                : DatagramOrder.unrepaired(place, delivery, requests, tally, limits.heldDatagrams());
        this.reports = new StatusReports(path, order, delivery, outlets, window, isReliable, limits, environment.clock());
    }

    private static boolean isHistoryWanted(Start start, long session) {
        return switch (start) {
            case Start.Live live -> false;
            case Start.Oldest oldest -> true;
            case Start.At(Position position) -> position.session() == session;
        };
    }

    long session() {
        return path.session();
    }

    /** Where the session is sent from. */
    InetSocketAddress source() {
        return path.publisher();
    }

    /** Who this subscriber is to the publisher. */
    Credentials credentials() {
        return path.credentials();
    }

    boolean isEnded() {
        return isEnded;
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    boolean hasListeners() {
        return !outlets.isEmpty();
    }

    /** Whether somebody waits for a subscription to make room: the publisher for credit, or an event that has come. */
    boolean isWaitedFor() {
        return order.isStalled() || !isEnded && reports.isFarther();
    }

    /** The session was followed before: it goes on where it was, and what history there was to get, it has got. */
    void goOn() {
        isPlaced = true;
    }

    void add(Intake intake, Optional<DataHandler> direct, long nowNs) {
        if (isEnded) {
            return;
        }
        if (outlets.isEmpty()) {
            // The publisher has not been told of anybody before: from now on it has its time to answer.
            joinedNs = nowNs;
        }
        reports.beDue();
        if (isPlaced) {
            outlets.place(intake, direct, delivery.nextEvent());
        } else {
            outlets.placeLater(intake, direct);
        }
    }

    void remove(Intake intake) {
        outlets.remove(intake);
        reports.beDue();
    }

    /**
     * Begins at the publisher's oldest datagram, where the subscriber wants history, or with what was heard first where
     * the publisher does not say.
     */
    private void place(long datagram, long event) {
        isPlaced = true;
        order.begin(datagram);
        delivery.begin(event);
        outlets.placeWaiting(start instanceof Start.At(Position position) ? position.sequence() : event);
        delivery.reach(event);
        order.deliverHeld();
    }

    /** Takes a datagram of this session. */
    void onDatagram(Datagram datagram, long receivedEpochNanos, long nowNs) {
        lastHeardNs = nowNs;
        isSilent = false;
        if (datagram.type() == DatagramLayout.COOKIE) {
            path.prove(datagram.control().cookie());
            reports.beDue();
            return;
        }
        if (isEnded) {
            if (datagram.isFlagged(DatagramLayout.END_OF_STREAM)) {
                // The publisher has not heard yet that the end was heard.
                reports.beDue();
            }
            return;
        }
        if (!isPlaced && outlets.isEmpty()) {
            // Whoever comes will want the history whole: nothing of it is used up for nobody.
            return;
        }
        switch (datagram.type()) {
            case DatagramLayout.HEARTBEAT -> onHeartbeat(datagram, nowNs);
            case DatagramLayout.LOST -> onLoss(datagram.control().loss());
            default -> {
                if (!isPlaced) {
                    order.know(datagram.sequence() + 1, datagram.firstEvent() + datagram.events());
                    order.hold(datagram, receivedEpochNanos);
                    return;
                }
                order.onEvents(datagram, receivedEpochNanos, nowNs);
            }
        }
        order.noteMissing(nowNs);
        endIfComplete();
    }

    private void onHeartbeat(Datagram heartbeat, long nowNs) {
        ControlBody standing = heartbeat.control();
        if (!isPlaced) {
            place(standing.trail(), standing.trailEvent());
        }
        reports.echo(heartbeat.sentEpochNanos(), nowNs);
        order.know(heartbeat.sequence(), heartbeat.firstEvent());
        isEnding |= heartbeat.isFlagged(DatagramLayout.END_OF_STREAM);
        if (isReliable) {
            requests.among(standing.receivers());
            readPolicy(standing.policy());
            order.onTrail(standing.trail(), standing.trailEvent());
            reports.beDueUnlessFresh(nowNs);
        }
    }

    private void readPolicy(String text) {
        if (!text.equals(policyText)) {
            policyText = text;
            reports.beDue();
            try {
                outlets.replaceCeiling(FlowPolicy.parse(text));
            } catch (ConfigException e) {
                // A later version's policy, or a stranger's: the one in force stays.
            }
        }
    }

    private void onLoss(Loss loss) {
        if (isPlaced) {
            order.onLoss(loss);
        }
    }

    private void endIfComplete() {
        if (isEnding && order.isComplete() && !isEnded) {
            // All datagrams are here or given up: an event that did not come of them is lost.
            delivery.end(order.knownEvents());
            isEnded = true;
            reports.beDue();
        }
    }

    /** Does what is due: gives up, goes on where there is room again, asks for what is missing, reports. */
    void onTime(long nowNs) {
        if (!isPlaced && !outlets.isEmpty() && nowNs - joinedNs >= PROOF_NS) {
            place(order.expected(), delivery.nextEvent());
            order.noteMissing(nowNs);
        }
        if (order.isStalled()) {
            order.deliverHeld();
            order.noteMissing(nowNs);
            endIfComplete();
        }
        if (order.isMissing() && !isRepairable(nowNs)
                && nowNs - order.missingSinceNs() >= limits.reorderWait().toNanos()) {
            order.giveUpMissing();
            order.noteMissing(nowNs);
            endIfComplete();
        }
        if (!isSilent && !isEnded && nowNs - lastHeardNs >= limits.silence().toNanos()) {
            isSilent = true;
            order.giveUpAllMissing();
            outlets.tellTailUnknown();
        }
        if (order.isMissing() && isRepairable(nowNs) && !isSilent) {
            requests.request(order, nowNs);
        }
        if (!isSilent && reports.takeTurn(nowNs)) {
            reports.send(outlets.isEmpty() ? DatagramLayout.LEAVING : 0);
        }
    }

    /** Whether what is missing can be asked for: the publisher has shown that it hears this subscriber, or still may. */
    private boolean isRepairable(long nowNs) {
        return isReliable && (path.isProven() || nowNs - joinedNs < PROOF_NS);
    }

    /** How long until {@link #onTime} has something to do. */
    long untilDueNs(long nowNs) {
        if (!order.isMissing()) {
            return reports.untilDueNs();
        }
        return isRepairable(nowNs)
                ? requests.untilDueNs(nowNs)
                : Math.max(0, order.missingSinceNs() + limits.reorderWait().toNanos() - nowNs);
    }

    /**
     * The subscriber leaves: what is missing is lost, the tail is unknown if the publisher has been silent for longer than it
     * should, and the publisher is told.
     */
    void leave(long nowNs) {
        order.giveUpAllMissing();
        if (!isEnded && !isSilent && nowNs - lastHeardNs > limits.slowHeartbeat().toNanos()) {
            outlets.tellTailUnknown();
        }
        if (!outlets.isEmpty()) {
            reports.send(DatagramLayout.LEAVING);
        }
    }

    /**
     * The session is followed no longer: what is missing is lost, and nothing more is expected.
     *
     * @return where it stands, for when it is heard again
     */
    ForgottenSessions.Place retire() {
        boolean hasEnded = isEnded;
        order.giveUpAllMissing();
        outlets.retire();
        isEnded = true;
        return order.place(hasEnded);
    }
}
