package io.heliograph.zmq;

import java.util.TreeMap;

/** A key of which events are in flight: with whom, and what waits for that worker. Guarded by the publisher's lock. */
final class KeyHold {

    final RemoteWorker worker;
    final TreeMap<Long, Task> parked = new TreeMap<>();
    int inFlight;

    KeyHold(RemoteWorker worker) {
        this.worker = worker;
    }
}
