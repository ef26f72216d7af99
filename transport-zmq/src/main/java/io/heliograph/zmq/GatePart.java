package io.heliograph.zmq;

import zmq.Msg;
import zmq.io.Metadata;

/**
 * One part of a message as JeroMQ reads it: taken for one of ZeroMQ's own commands, which go nowhere, until its sender is known
 * and it has been looked at. Confined to ZeroMQ's I/O thread until it has been let in.
 */
final class GatePart extends Msg {

    /** Looks at parts. */
    interface Inspector {

        /** Whether {@code part}, which came over the connection that {@code sender} tells of, may pass. */
        boolean admits(Metadata sender, GatePart part);
    }

    /** As much as JeroMQ compares. */
    private static final byte[] PING = {4, 'P', 'I', 'N'};
    private static final int SHORTEST_PING = 7;

    private final Inspector inspector;
    private final boolean isMisannounced;
    private boolean isAdmitted;
    private boolean isRefused;

    /** @param isMisannounced whether it should have had another size, which nobody may have */
    GatePart(int size, boolean isMisannounced, Inspector inspector) {
        super(size);
        this.isMisannounced = isMisannounced;
        this.inspector = inspector;
    }

    @Override
    public boolean isCommand() {
        if (isAdmitted) {
            return isCommandItself();
        }
        // JeroMQ reads behind the end of a heartbeat that is too short, and throws.
        return isRefused || !isShortPing();
    }

    /** Whether it is one of ZeroMQ's commands, whatever {@link #isCommand} makes ZeroMQ believe. */
    boolean isCommandItself() {
        return (flags() & COMMAND) != 0;
    }

    /** Whether no peer that means well sends it. */
    boolean isBroken() {
        return isMisannounced || isCommandItself() && isShortPing();
    }

    private boolean isShortPing() {
        if (size() <= PING.length || size() >= SHORTEST_PING) {
            return false;
        }
        for (int i = 0; i < PING.length; i++) {
            if (get(i) != PING[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Msg setMetadata(Metadata metadata) {
        if (metadata != null && !isAdmitted) {
            isAdmitted = inspector.admits(metadata, this);
            isRefused = !isAdmitted;
        }
        return super.setMetadata(metadata);
    }
}
