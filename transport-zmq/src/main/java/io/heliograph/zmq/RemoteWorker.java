package io.heliograph.zmq;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A worker as its publisher knows it: one enrolment on one connection. Guarded by the publisher's lock. */
final class RemoteWorker {

    final long id;
    final Peer peer;
    final String name;
    final WorkGroup group;
    /** What it has, in the order handed out. */
    final LinkedHashMap<Long, Task> held = new LinkedHashMap<>();
    /** What waits for it, since it has others of their keys. */
    final TreeMap<Long, Task> parked = new TreeMap<>();
    /** Handed out, and not yet in a message. */
    final List<Task> outgoing = new ArrayList<>();
    final List<Settlement> recalls = new ArrayList<>();
    /** What ZeroMQ would not take. */
    Optional<ByteBuffer> unsent = Optional.empty();
    int credit;
    long heldBytes;
    /** It let a deadline pass, and has finished nothing since. */
    boolean isOverdue;
    boolean isPlaceDue = true;
    long filteredBefore;
    long filteredTold;
    long lastHeardNs;
    long lastSentNs;
    long refusedNs;

    RemoteWorker(long id, Peer peer, String name, WorkGroup group, int credit, long nowNs) {
        this.id = id;
        this.peer = peer;
        this.name = name;
        this.group = group;
        this.credit = credit;
        this.filteredBefore = group.filtered();
        this.lastHeardNs = nowNs;
        this.lastSentNs = nowNs;
    }

    /** How many events its group has not wanted since it came. */
    long filtered() {
        return group.filtered() - filteredBefore;
    }

    /** Whether it will hold one more. */
    boolean hasRoom(long windowBytes) {
        return held.size() < credit && !isOverdue && unsent.isEmpty() && (heldBytes < windowBytes || held.isEmpty());
    }
}
