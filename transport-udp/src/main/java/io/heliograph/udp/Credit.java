package io.heliograph.udp;

import io.heliograph.flow.FlowPolicy;
import java.nio.charset.StandardCharsets;

/**
 * How far a publisher may go: by the policy in force and, where that waits, by what its receivers have room for.
 *
 * <pre>
 *   Receivers --- limits, acknowledged ---> Credit --> Transmitter: which datagrams may leave, which may be given up
 *   FlowPolicy -- whether it waits ------->        --> publish: which events may be taken in
 * </pre>
 *
 * <p>Guarded by the publisher's lock, but for {@link #policy}.
 */
final class Credit {

    private final SessionSender sender;
    private final Receivers receivers;
    private volatile FlowPolicy policy;
    private byte[] policyText;
    private ControlSender.Standing standing;

    Credit(SessionSender sender, Receivers receivers, FlowPolicy policy) {
        this.sender = sender;
        this.receivers = receivers;
        this.policy = policy;
        this.policyText = text(policy);
        this.standing = new ControlSender.Standing(0, policyText);
    }

    private static byte[] text(FlowPolicy policy) {
        return policy.text().getBytes(StandardCharsets.US_ASCII);
    }

    /** The policy in force. Thread-safe. */
    FlowPolicy policy() {
        return policy;
    }

    /** Puts another policy in force; {@link #apply} has it take effect on what is sent. */
    void replacePolicy(FlowPolicy replacement) {
        policy = replacement;
        policyText = text(replacement);
    }

    /** Whether so many events may be taken in. Whoever gives events up waits for nobody, whatever subscribers still say. */
    boolean allows(int events) {
        return !policy.waits() || sender.log().nextEvent() + events <= receivers.limitEvent();
    }

    /**
     * Whether so many events may be taken in at once. Where the room of a subscriber that has got everything is smaller than all
     * of them, they go as soon as one may.
     */
    boolean allowsTogether(int events) {
        return allows(events) || allows(1) && sender.isClear() && receivers.acknowledged() >= sender.log().end();
    }

    /** What heartbeats say of the policy and the receivers. */
    ControlSender.Standing standing() {
        if (standing.receivers() != receivers.count() || standing.policy() != policyText) {
            standing = new ControlSender.Standing(receivers.count(), policyText);
        }
        return standing;
    }

    /** The policy or the receivers have changed: what may leave now, leaves. */
    void apply() {
        if (sender.isReliable()) {
            if (policy.waits()) {
                sender.transmitter().limit(receivers.limitDatagram(), receivers.acknowledged());
            } else {
                sender.transmitter().limit(Long.MAX_VALUE, Long.MAX_VALUE);
            }
            sender.resume();
        }
    }
}
