package io.heliograph.zmq;

/** Why a connection was cut off, or what came over it ignored. */
public enum ZmqRefusal {
    /** More connections, or more that have not said who they are, than are served at once. */
    CROWDED,
    /** It left, or its time was up, before it had got through ZeroMQ's greetings: half a handshake, garbage, an old protocol. */
    UNPROVEN,
    /** It broke ZeroMQ's protocol, or announced more than may be sent here. */
    BROKEN,
    /** Its message has more parts than any that is taken here, or a name of its own where none is given. */
    STRANGE,
    /** It answers no heartbeats any more. */
    SILENT,
    /** It subscribed to more than one peer may. */
    SUBSCRIPTIONS,
    /** A subscription to what no topic begins with: ignored, the connection stays. */
    PREFIX,
    /** Its public key is not listed. */
    KEY,
    /** What it sent made ZeroMQ's own code fail: that much was ignored. */
    FAULT
}
