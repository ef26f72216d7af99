package io.heliograph.udp;

import io.heliograph.ConfigException;
import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.LossReason;
import io.heliograph.Position;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Intake;
import io.heliograph.flow.Limit;
import io.heliograph.flow.SessionIntake;
import io.heliograph.wire.Decoded;
import io.heliograph.wire.DecodedEvent;
import io.heliograph.wire.FrameDecoder;
import io.heliograph.wire.FrameEncoder;
import io.heliograph.wire.MalformedFrame;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * Follows one session: puts its datagrams in order, asks again for what is missing, tells what is lost, and hands events
 * to the subscriptions.
 *
 * <pre>
 *   datagram   0  1  2  3  4  5  6  7  8
 *              #  #  #  .  #  #  .  .  .
 *                       ^expected
 *                          ^  ^held
 * </pre>
 *
 * <p>In a reliable session a missing datagram is asked for until it comes, or until its publisher says that it has it no
 * longer. In any other one it is lost once it is late by {@code limits.reorderWait()}. How many events are lost is told by
 * the first-event sequence of the datagram or heartbeat behind. Guarded by the subscriber's lock; a function of what it is
 * given and the time it is told.
 */
final class SessionReceiver {

    /** A publisher that has not answered for so long does not hear this subscriber: what is missing stays so. */
    private static final long PROOF_NS = Duration.ofSeconds(2).toNanos();

    private static final long PROOF_PERIOD_NS = Duration.ofMillis(50).toNanos();

    /** What is missing may be so many windows back: one window is on its way, the others wait here for a repair. */
    private static final int WINDOWS_HELD = 4;

    /** Few are missing where at least so many times as many are held. */
    private static final int FEW_MISSING = 8;

    /** How far back arrivals are remembered, to tell a duplicate from one that is merely late. */
    private static final int REMEMBERED = 4096;

    /** One subscription's end of the session. */
    private static final class Outlet {
        private final SessionIntake intake;
        private final Optional<DataHandler> direct;
        private String lastTopic = "";
        private boolean isLastWanted;

        private Outlet(SessionIntake intake, Optional<DataHandler> direct) {
            this.intake = intake;
            this.direct = direct;
        }

        SessionIntake intake() {
            return intake;
        }

        Optional<DataHandler> direct() {
            return direct;
        }

        /** Whether the filter wants {@code topic}, which nearly always is the very object that it was the last time. */
        @SuppressWarnings("StringEquality")
        boolean wants(String topic) {
            if (topic != lastTopic) {
                lastTopic = topic;
                isLastWanted = intake.intake().wants(topic);
            }
            return isLastWanted;
        }
    }

    /** A subscription that does not know yet where it begins. */
    private record Unplaced(Intake intake, Optional<DataHandler> direct) {
    }

    private final long session;
    private final InetSocketAddress source;
    private final Feed feed;
    private long joinedNs;
    private final UdpLimits limits;
    private final Optional<KeyShare> share;
    private final UdpCounters.Tally tally;
    private final RepairRequests requests;
    private final Credentials credentials;
    private final boolean isReliable;
    private final FrameDecoder decoder = new FrameDecoder();
    private final Datagram replayed = new Datagram();
    /** Never changed but replaced, since a handler may close its own subscription. */
    private List<Outlet> outlets = List.of();
    private final List<Unplaced> unplaced = new ArrayList<>();
    private final HeldDatagrams held;
    private final int window;
    private final AnnouncedLosses losses = new AnnouncedLosses();
    private final Reassembly reassembly = new Reassembly();
    private final BitSet arrived = new BitSet(REMEMBERED);
    private boolean isPlaced;
    private FlowPolicy policy;
    private String policyText = "";
    private long expected;
    private long nextEvent;
    private long knownDatagrams;
    private long knownEvents;
    private boolean isMissing;
    private boolean isStalled;
    private long missingSinceNs;
    private long lastHeardNs;
    private long lastReportNs;
    private long reportedLimitEvent;
    private long reportedLimitDatagram;
    private long cookie;
    private long echoSentEpochNanos;
    private long echoHeardNs;
    private final ControlWriter.Report report = new ControlWriter.Report();
    private final ControlWriter.Echo echo = new ControlWriter.Echo();
    private boolean isReported = true;
    private boolean isEnding;
    private boolean isEnded;
    private boolean isSilent;

    /**
     * @param place    the datagram and event to begin with
     * @param requests asks for what is missing
     * @param policy   in force until the publisher states its own
     * @param credentials who this subscriber is to the publisher
     */
    SessionReceiver(Datagram first, InetSocketAddress source, ForgottenSessions.Place place, Feed feed, int window,
            FlowPolicy policy, Credentials credentials, RepairRequests requests, UdpCounters.Tally tally, long nowNs) {
        this.joinedNs = nowNs;
        this.session = first.session();
        this.source = source;
        this.isReliable = first.isFlagged(DatagramLayout.RELIABLE);
        this.expected = place.expected();
        this.nextEvent = place.nextEvent();
        this.knownDatagrams = expected;
        this.knownEvents = nextEvent;
        this.reportedLimitDatagram = expected + window;
        this.feed = feed;
        this.isPlaced = !isReliable || !isHistoryWanted(feed.start(), session);
        this.limits = feed.limits();
        this.share = feed.share();
        this.policy = isReliable ? FlowPolicy.backPressure(Limit.DEFAULT, FlowPolicy.BackPressure.DEFAULT_MAX_WAIT) : policy;
        this.requests = requests;
        this.credentials = credentials;
        if (feed.targets().size() > 1) {
            requests.allowBetweenLines(limits.reorderWait());
        }
        this.tally = tally;
        this.window = window;
        this.held = new HeldDatagrams(isReliable ? window * WINDOWS_HELD : limits.heldDatagrams() * 2);
    }

    long session() {
        return session;
    }

    InetSocketAddress source() {
        return source;
    }

    boolean isEnded() {
        return isEnded;
    }

    boolean isReliable() {
        return isReliable;
    }

    /** Whether an event waits for room at a subscription. */
    boolean isStalled() {
        return isStalled;
    }

    long lastHeardNs() {
        return lastHeardNs;
    }

    long cookie() {
        return cookie;
    }

    /** Who this subscriber is to the publisher. */
    Credentials credentials() {
        return credentials;
    }

    /** The session was followed before: it goes on where it was, and what history there was to get, it has got. */
    void goOn() {
        isPlaced = true;
    }

    void add(Intake intake, Optional<DataHandler> direct, long nowNs) {
        if (isEnded) {
            return;
        }
        if (!hasListeners()) {
            // The publisher has not been told of anybody before: from now on it has its time to answer.
            joinedNs = nowNs;
        }
        isReported = false;
        if (isPlaced) {
            join(intake, direct, nextEvent);
        } else {
            unplaced.add(new Unplaced(intake, direct));
        }
    }

    private void join(Intake intake, Optional<DataHandler> direct, long sequence) {
        var more = new ArrayList<>(outlets);
        more.add(new Outlet(intake.join(session, sequence), direct));
        outlets = List.copyOf(more);
    }

    /**
     * Begins at the publisher's oldest datagram, where the subscriber wants history, or with what was heard first where
     * the publisher does not say.
     */
    private void place(long datagram, long event) {
        isPlaced = true;
        expected = datagram;
        nextEvent = event;
        long joined = feed.start() instanceof Start.At(Position position) ? position.sequence() : event;
        unplaced.forEach(one -> join(one.intake(), one.direct(), joined));
        unplaced.clear();
        outlets.forEach(outlet -> outlet.intake().known(nextEvent));
        deliverHeld();
    }

    private static boolean isHistoryWanted(Start start, long session) {
        return switch (start) {
            case Start.Live live -> false;
            case Start.Oldest oldest -> true;
            case Start.At(Position position) -> position.session() == session;
        };
    }

    void remove(Intake intake) {
        outlets = outlets.stream().filter(own -> own.intake().intake() != intake).toList();
        unplaced.removeIf(own -> own.intake() == intake);
        isReported = false;
    }

    /** Takes a datagram of this session. */
    void onDatagram(Datagram datagram, long receivedEpochNanos, long nowNs) {
        lastHeardNs = nowNs;
        isSilent = false;
        if (datagram.type() == DatagramLayout.COOKIE) {
            cookie = datagram.control().cookie();
            isReported = false;
            return;
        }
        if (isEnded) {
            // The publisher has not heard yet that the end was heard.
            isReported &= !datagram.isFlagged(DatagramLayout.END_OF_STREAM);
            return;
        }
        if (!isPlaced && !hasListeners()) {
            // Whoever comes will want the history whole: nothing of it is used up for nobody.
            return;
        }
        if (datagram.type() == DatagramLayout.HEARTBEAT) {
            if (!isPlaced) {
                place(datagram.control().trail(), datagram.control().trailEvent());
            }
            onHeartbeat(datagram, nowNs);
        } else if (datagram.type() == DatagramLayout.LOST) {
            onLoss(datagram.control().loss());
        } else if (!isPlaced) {
            know(datagram.sequence() + 1, datagram.firstEvent() + datagram.events());
            hold(datagram, datagram.sequence(), receivedEpochNanos);
            return;
        } else {
            onEvents(datagram, receivedEpochNanos, nowNs);
        }
        noteMissing(nowNs);
        endIfComplete();
    }

    /** Gives up what has been missing for too long, where nobody repairs it; goes on where there is room again. */
    void onTime(long nowNs) {
        if (!isPlaced && hasListeners() && nowNs - joinedNs >= PROOF_NS) {
            place(expected, nextEvent);
            noteMissing(nowNs);
        }
        if (isStalled) {
            deliverHeld();
            noteMissing(nowNs);
            endIfComplete();
        }
        if (isMissing && !isRepairable(nowNs) && nowNs - missingSinceNs >= limits.reorderWait().toNanos()) {
            giveUpMissing();
            noteMissing(nowNs);
            endIfComplete();
        }
        if (!isSilent && !isEnded && nowNs - lastHeardNs >= limits.silence().toNanos()) {
            isSilent = true;
            giveUpAllMissing();
            outlets.forEach(outlet -> outlet.intake().tellTailUnknown());
        }
    }

    /** Whether what is missing can be asked for: the publisher has shown that it hears this subscriber, or still may. */
    private boolean isRepairable(long nowNs) {
        return isReliable && (cookie != 0 || nowNs - joinedNs < PROOF_NS);
    }

    /** How long until {@link #onTime} or {@link #request} has something to do. */
    long untilDueNs(long nowNs) {
        if (!isMissing) {
            return isReliable && cookie == 0 && hasListeners() ? PROOF_PERIOD_NS : Long.MAX_VALUE;
        }
        return isRepairable(nowNs)
                ? requests.untilDueNs(nowNs)
                : Math.max(0, missingSinceNs + limits.reorderWait().toNanos() - nowNs);
    }

    /** Asks for what is missing, if that is due. */
    void request(long nowNs) {
        if (isMissing && isRepairable(nowNs) && !isSilent) {
            requests.request(this, nowNs);
        }
    }

    /** The first datagram that has not come. */
    long expected() {
        return expected;
    }

    /** Sequence behind the last datagram that is known to exist. */
    long knownDatagrams() {
        return knownDatagrams;
    }

    long missingSinceNs() {
        return missingSinceNs;
    }

    HeldDatagrams held() {
        return held;
    }

    /**
     * Whether it is time to report to this session's publisher: when a subscription has come or gone, when a quarter of
     * the credit is used up, and each period. Once asked, the next time is a period away.
     */
    boolean takeReportTurn(long nowNs) {
        boolean isDue = !isSilent
                && (!isReported || hasListeners() && (nowNs - lastReportNs >= reportPeriodNs() || isFarther()));
        if (isDue) {
            isReported = true;
            lastReportNs = nowNs;
        }
        return isDue;
    }

    private long reportPeriodNs() {
        return isReliable && cookie == 0 ? PROOF_PERIOD_NS : limits.status().toNanos();
    }

    /** Whether somebody waits for a subscription to make room: the publisher for credit, or an event that has come. */
    boolean isWaitedFor() {
        return isStalled || isReliable && !isEnded && isFarther();
    }

    private boolean isFarther() {
        if (!isReliable) {
            return false;
        }
        if (limitDatagram() - reportedLimitDatagram >= window / 4) {
            return true;
        }
        for (Outlet outlet : outlets) {
            FlowPolicy own = outlet.intake().intake().policy(policy);
            if (own.waits()
                    && limitEvent(outlet, own) - reportedLimitEvent >= Math.max(1, own.limit().events() / 4)) {
                return true;
            }
        }
        return false;
    }

    boolean hasListeners() {
        return !outlets.isEmpty() || !unplaced.isEmpty();
    }

    /** Whether the publisher must not go further than the report says. */
    boolean isBlocking() {
        if (isReliable) {
            for (Outlet outlet : outlets) {
                if (outlet.intake().intake().policy(policy).waits()) {
                    return true;
                }
            }
        }
        return false;
    }

    ControlWriter.Report report() {
        long known = 0;
        long lost = 0;
        long limitEvent = Long.MAX_VALUE;
        for (Outlet outlet : outlets) {
            known += outlet.intake().known();
            lost += outlet.intake().lost();
            FlowPolicy own = outlet.intake().intake().policy(policy);
            if (own.waits()) {
                limitEvent = Math.min(limitEvent, limitEvent(outlet, own));
            }
        }
        reportedLimitEvent = limitEvent;
        reportedLimitDatagram = limitDatagram();
        return report.set(known, lost, expected, reportedLimitDatagram, limitEvent,
                outlets.size() + unplaced.size());
    }

    /**
     * The first datagram that may not come yet. What is on its way has its place in the socket, what is held has it here; but
     * where much is missing, more on its way would be lost as well.
     */
    private long limitDatagram() {
        int besideSocket = (knownDatagrams - arrived()) * FEW_MISSING <= held.count() ? held.count() : 0;
        return expected + Math.min(held.window(), window + besideSocket);
    }

    /** How many datagrams are not missing any more. */
    long arrived() {
        return expected + held.count();
    }

    /** What the publisher's last heartbeat said of when it left; each is told once. */
    ControlWriter.Echo takeEcho(long nowNs) {
        echo.set(echoSentEpochNanos, echoSentEpochNanos == 0 ? 0 : nowNs - echoHeardNs, arrived());
        echoSentEpochNanos = 0;
        return echo;
    }

    private long limitEvent(Outlet outlet, FlowPolicy own) {
        return nextEvent + Math.max(0, own.limit().events() - outlet.intake().intake().waiting());
    }

    /** Says that the tail is unknown if the publisher has been silent for longer than it should; for when nobody waits on. */
    void leave(long nowNs) {
        giveUpAllMissing();
        if (!isEnded && !isSilent && nowNs - lastHeardNs > limits.slowHeartbeat().toNanos()) {
            outlets.forEach(outlet -> outlet.intake().tellTailUnknown());
        }
    }

    /** Where the session stands, for when it is heard again. */
    ForgottenSessions.Place forgotten(boolean hasEnded) {
        return new ForgottenSessions.Place(expected, nextEvent, hasEnded);
    }

    /** Forgets the session: what is missing is lost, and nothing more is expected. */
    void retire() {
        giveUpAllMissing();
        outlets.forEach(outlet -> outlet.intake().retire());
        isEnded = true;
    }

    private void onHeartbeat(Datagram heartbeat, long nowNs) {
        echoSentEpochNanos = heartbeat.sentEpochNanos();
        echoHeardNs = nowNs;
        know(heartbeat.sequence(), heartbeat.firstEvent());
        isEnding |= heartbeat.isFlagged(DatagramLayout.END_OF_STREAM);
        if (isReliable) {
            requests.among(heartbeat.control().receivers());
            readPolicy(heartbeat);
            giveUpBefore(Math.min(heartbeat.control().trail(), knownDatagrams));
            if (expected == heartbeat.control().trail() && heartbeat.control().trailEvent() > nextEvent) {
                nextEvent = heartbeat.control().trailEvent();
                outlets.forEach(outlet -> outlet.intake().known(nextEvent));
            }
            // What is held may begin just behind what was given up, and nothing more need come.
            deliverHeld();
            // The publisher may have stopped for want of a report that was lost.
            isReported &= nowNs - lastReportNs < limits.heartbeat().toNanos() / 10;
        }
    }

    /** Some datagrams will never be sent; they are passed over when it is their turn. */
    private void onLoss(Loss loss) {
        if (isPlaced && loss.end() > expected) {
            know(loss.end(), loss.eventBehind());
            losses.add(loss);
            deliverHeld();
        }
    }

    private void passOver() {
        for (Optional<Loss> next = losses.at(expected); next.isPresent(); next = losses.at(expected)) {
            Loss loss = next.get();
            if (held.firstFrom(expected, loss.end()) < loss.end()) {
                // What has come was sent, so the notice is none of its publisher's.
                losses.forget(loss);
                continue;
            }
            if (loss.eventBehind() > nextEvent) {
                nextEvent = loss.eventBehind();
                outlets.forEach(outlet -> outlet.intake().known(loss.eventBehind(), loss.reason()));
            }
            skipTo(loss.end());
        }
    }

    /** Sequence behind the datagrams that will never be sent and that {@code sequence} is one of, or {@code sequence}. */
    long behindLoss(long sequence) {
        return losses.isEmpty() ? sequence : losses.endFrom(sequence);
    }

    private void readPolicy(Datagram heartbeat) {
        String text = heartbeat.control().policy();
        if (!text.equals(policyText)) {
            policyText = text;
            isReported = false;
            try {
                policy = FlowPolicy.parse(text);
            } catch (ConfigException e) {
                // A later version's policy, or a stranger's: the one in force stays.
            }
        }
    }

    private void onEvents(Datagram data, long receivedEpochNanos, long nowNs) {
        long sequence = data.sequence();
        if (sequence > knownDatagrams) {
            requests.onMissing(sequence, nowNs);
        }
        know(sequence + 1, data.firstEvent() + data.events());
        if (sequence < expected) {
            refuse(data, sequence);
        } else if (held.holds(sequence)) {
            countDuplicate(data);
        } else if (sequence == expected && deliver(data, receivedEpochNanos)) {
            requests.onArrival(held, sequence, nowNs);
            advance();
            if (held.count() > 0 || !losses.isEmpty()) {
                deliverHeld();
            }
        } else {
            requests.onArrival(held, sequence, nowNs);
            hold(data, sequence, receivedEpochNanos);
        }
    }

    private void know(long datagrams, long events) {
        knownDatagrams = Math.max(knownDatagrams, datagrams);
        knownEvents = Math.max(knownEvents, events);
    }

    private void refuse(Datagram data, long sequence) {
        boolean isRemembered = expected - sequence <= REMEMBERED;
        if (isRemembered && !arrived.get(slot(sequence))) {
            tally.late++;
        } else {
            countDuplicate(data);
        }
    }

    private void countDuplicate(Datagram data) {
        tally.duplicates++;
        outlets.forEach(outlet -> outlet.intake().duplicated(data.events()));
    }

    private void hold(Datagram data, long sequence, long receivedEpochNanos) {
        if (sequence - expected >= held.window()) {
            tally.beyondWindow++;
            return;
        }
        held.reach(sequence - expected + 1);
        if (held.hold(sequence, data.whole(), receivedEpochNanos)) {
            tally.heldDatagrams++;
        }
        tally.outOfOrder++;
        if (!isReliable && held.count() > limits.heldDatagrams()) {
            giveUpMissing();
        }
    }

    private void deliverHeld() {
        isStalled = false;
        passOver();
        while (held.count() > 0 && held.holds(expected)) {
            ByteBuffer next = held.get(expected);
            replayed.wrapAgain(next);
            if (!deliver(replayed, held.receivedEpochNanos(expected))) {
                return;
            }
            held.release(expected);
            tally.heldDatagrams--;
            advance();
            passOver();
        }
    }

    private void advance() {
        arrived.set(slot(expected));
        expected++;
    }

    /** The missing datagrams before the next held one, or before the end of what is known, are lost. */
    private void giveUpMissing() {
        giveUpBefore(held.firstFrom(expected, knownDatagrams));
        deliverHeld();
    }

    /** What has not come of the datagrams before {@code end} is lost. */
    private void giveUpBefore(long end) {
        while (expected < end && !isStalled) {
            if (held.holds(expected)) {
                deliverHeld();
            } else {
                passOver();
                if (expected < end) {
                    skipTo(losses.firstFrom(expected, held.firstFrom(expected, end)));
                }
            }
        }
    }

    private void skipTo(long resume) {
        if (reassembly.isOpen()) {
            tally.reassemblyDrops++;
            reassembly.drop();
        }
        for (long lost = Math.max(expected, resume - REMEMBERED); lost < resume; lost++) {
            arrived.clear(slot(lost));
        }
        tally.givenUp += resume - expected;
        expected = resume;
        if (expected == knownDatagrams) {
            nextEvent = Math.max(nextEvent, knownEvents);
            outlets.forEach(outlet -> outlet.intake().known(nextEvent));
        }
    }

    private void giveUpAllMissing() {
        while (expected < knownDatagrams && !isStalled) {
            giveUpMissing();
        }
    }

    private void noteMissing(long nowNs) {
        boolean isNowMissing = expected < knownDatagrams && !(isStalled && held.holds(expected));
        if (isNowMissing && !isMissing) {
            missingSinceNs = nowNs;
            requests.onMissing(knownDatagrams, nowNs);
        }
        isMissing = isNowMissing;
    }

    private void endIfComplete() {
        if (isEnding && expected >= knownDatagrams && !isEnded) {
            // All datagrams are here or given up: an event that did not come of them is lost.
            nextEvent = Math.max(nextEvent, knownEvents);
            outlets.forEach(outlet -> outlet.intake().end(nextEvent));
            outlets = List.of();
            isEnded = true;
            isReported = false;
        }
    }

    private static int slot(long sequence) {
        return (int) (sequence & REMEMBERED - 1);
    }

    /** Hands out the events of the expected datagram; says {@code false} if there was no room for all of them. */
    private boolean deliver(Datagram data, long receivedEpochNanos) {
        if (data.type() == DatagramLayout.FRAGMENT) {
            return deliverPart(data, receivedEpochNanos);
        }
        boolean isTaken = isDirectOnly() ? handDirectly(data, receivedEpochNanos)
                : handAll(data.body(), data.topic(), data.firstEvent(), data.events(), data.sentEpochNanos(), receivedEpochNanos);
        isStalled = !isTaken;
        return isTaken;
    }

    private boolean deliverPart(Datagram part, long receivedEpochNanos) {
        if (part.offset() == 0 && part.firstEvent() > nextEvent) {
            nextEvent = part.firstEvent();
        }
        if (isRoomFor(part) && part.offset() >= 0) {
            Optional<ByteBuffer> whole = reassembly.add(part);
            if (!reassembly.isOpen() && whole.isEmpty()) {
                // A part before this one is lost, and with it the event before this part's first one.
                loseBefore(part.firstEvent() + part.events());
            }
            if (whole.isPresent()) {
                handAll(whole.get(), FrameEncoder.NO_TOPIC, reassembly.event(), 1, part.sentEpochNanos(), receivedEpochNanos);
            }
            return true;
        }
        isStalled = true;
        return false;
    }

    private void loseBefore(long event) {
        if (event > nextEvent) {
            nextEvent = event;
            outlets.forEach(outlet -> outlet.intake().known(nextEvent));
        }
    }

    /** Whether the event that this part would complete has its room. */
    private boolean isRoomFor(Datagram part) {
        int partBytes = part.whole().remaining() - DatagramLayout.HEADER_BYTES - DatagramLayout.FRAGMENT_FIXED_BYTES;
        return part.offset() + partBytes < part.frameBytes() || hasRoom(part.frameBytes());
    }

    private boolean hasRoom(int sizeBytes) {
        if (!isReliable) {
            return true;
        }
        for (Outlet outlet : outlets) {
            if (outlet.direct().isEmpty() && !outlet.intake().intake().hasRoom(policy, sizeBytes)) {
                return false;
            }
        }
        return true;
    }

    private boolean isDirectOnly() {
        for (Outlet outlet : outlets) {
            if (outlet.direct().isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private boolean handAll(ByteBuffer frames, String topic, long firstEvent, int count, long sent, long received) {
        long sequence = firstEvent;
        for (int i = 0; i < count; i++, sequence++) {
            if (sequence < nextEvent) {
                // Handed out before there was no more room.
                frames.position(frames.position() + Math.min(FrameDecoder.frameLength(frames), frames.remaining()));
                continue;
            }
            if (!hasRoom(FrameDecoder.frameLength(frames))) {
                return false;
            }
            Decoded decoded = decoder.decode(frames, topic);
            switch (decoded) {
                case DecodedEvent(Event event) -> hand(event, new Position(session, sequence), sent, received);
                case MalformedFrame reason -> loseUnreadable(sequence);
            }
            nextEvent = sequence + 1;
        }
        nextEvent = Math.max(nextEvent, sequence);
        return true;
    }

    private void hand(Event event, Position position, long sentEpochNanos, long receivedEpochNanos) {
        Optional<Delivery> delivery = Optional.empty();
        for (Outlet outlet : outlets) {
            SessionIntake intake = outlet.intake();
            if (!intake.intake().wants(event.topic()) || !isOwn(event.key(), position.sequence())) {
                intake.skip(position.sequence());
                continue;
            }
            if (delivery.isEmpty()) {
                delivery = Optional.of(new Delivery(event, position, sentEpochNanos, receivedEpochNanos));
            }
            intake.offer(delivery.get(), policy, 0);
            outlet.direct().ifPresent(handler -> intake.intake().poll(handler, Integer.MAX_VALUE));
        }
    }

    private boolean isOwn(Optional<String> key, long sequence) {
        return share.isEmpty() || share.get().owns(key, sequence);
    }

    private void loseUnreadable(long sequence) {
        tally.unreadable++;
        outlets.forEach(outlet -> outlet.intake().lose(sequence, LossReason.UNREADABLE));
    }

    private boolean handDirectly(Datagram data, long receivedEpochNanos) {
        for (Outlet outlet : outlets) {
            handDirectly(outlet, outlet.direct().orElseThrow(), data, receivedEpochNanos);
        }
        nextEvent = data.firstEvent() + data.events();
        return true;
    }

    private void handDirectly(Outlet outlet, DataHandler handler, Datagram data, long receivedEpochNanos) {
        SessionIntake intake = outlet.intake();
        int count = data.events();
        long first = data.firstEvent();
        String topic = data.topic();
        int repeated = intake.arrive(first, count);
        intake.intake().poll(handler, Integer.MAX_VALUE);
        boolean isWanted = outlet.wants(topic);
        long delivered = 0;
        long filtered = 0;
        ByteBuffer frames = data.body();
        int end = frames.limit();
        int at = frames.position();
        for (int i = 0; i < count; i++) {
            int header = frames.getInt(at);
            int next = at + FrameDecoder.frameLength(header);
            if (i >= repeated) {
                if (!FrameDecoder.isBare(header)) {
                    handDecoded(intake, handler, frames.limit(next).position(at), topic, first + i, data, receivedEpochNanos);
                } else if (isWanted && isOwn(Optional.empty(), first + i)) {
                    delivered += handBare(intake, handler, topic, frames.limit(next).position(at + Integer.BYTES), first + i);
                } else {
                    filtered++;
                }
                frames.limit(end);
            }
            at = next;
        }
        intake.handled(delivered, filtered);
    }

    private int handBare(SessionIntake intake, DataHandler handler, String topic, ByteBuffer data, long sequence) {
        try {
            handler.onData(topic, data, session, sequence);
            return 1;
        } catch (Throwable thrown) {
            // Whatever a stranger's handler throws, an Error included, must not end the thread that serves it.
            intake.failed(sequence, thrown);
            return 0;
        }
    }

    private void handDecoded(SessionIntake intake, DataHandler handler, ByteBuffer frame, String topic, long sequence,
            Datagram data, long receivedEpochNanos) {
        switch (decoder.decode(frame, topic)) {
            case DecodedEvent(Event event) -> {
                if (!intake.intake().wants(event.topic()) || !isOwn(event.key(), sequence)) {
                    intake.handled(0, 1);
                    return;
                }
                try {
                    handler.onEvent(new Delivery(event, new Position(session, sequence), data.sentEpochNanos(),
                            receivedEpochNanos));
                    intake.handled(1, 0);
                } catch (Throwable thrown) {
                    intake.failed(sequence, thrown);
                }
            }
            case MalformedFrame reason -> {
                tally.unreadable++;
                intake.lost(sequence, LossReason.UNREADABLE);
            }
        }
    }
}
