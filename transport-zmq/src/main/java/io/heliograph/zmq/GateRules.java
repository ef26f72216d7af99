package io.heliograph.zmq;

import java.time.Duration;

/**
 * What is let in at one bound socket. Immutable.
 *
 * @param kind          whom it serves
 * @param connections   at once, at most
 * @param unproven      of them, that have not got through ZeroMQ's greetings
 * @param messageBytes  the largest part of a message
 * @param subscriptions of one peer
 * @param proof         how long it may take to get through the greetings
 * @param silence       after so long without any word, answers to heartbeats included, a peer is cut off
 * @param vouching      how a connection proves itself
 */
record GateRules(Kind kind, int connections, int unproven, long messageBytes, int subscriptions, Duration proof,
        Duration silence, Vouching vouching) {

    private static final int UNPROVEN = 128;
    private static final int HEARTBEATS_UNTIL_SILENT = 5;

    /** Whom a socket serves. */
    enum Kind {
        /** Own peers that publish nothing: one part a message, no names given by peers. */
        OWN(1),
        /** Own publishers: messages that may be cut, parts of one are together no larger than one. */
        PUBLISHERS(1 << 15),
        /** Foreign subscribers, who send subscriptions and nothing else. */
        SUBSCRIBERS(1),
        /** Foreign workers, who send nothing. */
        WORKERS(0),
        /** Foreign peers of any other kind. */
        OTHERS(16);

        final int parts;

        Kind(int parts) {
            this.parts = parts;
        }

        /** Whether its peers are this library's. */
        boolean isOwn() {
            return this == OWN || this == PUBLISHERS;
        }
    }

    /** How a connection proves itself. */
    enum Vouching {
        /** By what it sends, which can be looked at. */
        TRAFFIC,
        /** By its key; what it sends later cannot be looked at before it is decrypted. */
        KEY
    }

    static GateRules of(Kind kind, ZmqLimits limits, long messageBytes, Vouching vouching) {
        Duration heartbeat = limits.heartbeat();
        return new GateRules(kind, limits.peers() + UNPROVEN, UNPROVEN, messageBytes, Math.min(limits.filters(), limits.plainFilters()),
                limits.handshake().plus(heartbeat.multipliedBy(2)), heartbeat.multipliedBy(HEARTBEATS_UNTIL_SILENT), vouching);
    }
}
