package io.heliograph.zmq;

import java.util.Optional;

/** What a message between a publisher and its workers is; {@code docs/zmq.md} draws them all. */
enum WorkMessageType {
    /** Either way, as soon as a connection stands; as between any own peers. */
    KNOCK(MessageType.KNOCK.code),
    /** To the worker: you are not known here, enrol. */
    WHO(MessageType.WHO.code),
    /** To the publisher: who works, in which group, on what, and how much it will hold. */
    ENROL(16),
    /** To the worker: it has its place; under which rules. */
    PLACE(17),
    /** To the worker: events to be handled. */
    TASKS(18),
    /** To the publisher: what became of events, and how many the worker will hold from here on. */
    SETTLE(19),
    /** To the worker: events that are not its own any longer. */
    RECALL(20),
    /** To the worker: how many events its group did not want; a heartbeat. */
    BEAT(21),
    /** To the worker: the session ends here. */
    DONE(22),
    /** To the publisher: this worker is gone. */
    RESIGN(23),
    /** Never on the wire: ZeroMQ puts it in a peer's place when its connection is lost. */
    LOST(MessageType.LOST.code);

    private static final WorkMessageType[] BY_CODE = new WorkMessageType[256];

    static {
        for (WorkMessageType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    final int code;

    WorkMessageType(int code) {
        this.code = code;
    }

    static Optional<WorkMessageType> of(int code) {
        return Optional.ofNullable(BY_CODE[code & 0xff]);
    }
}
