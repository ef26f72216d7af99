package io.heliograph.local;

import io.heliograph.flow.Intake;
import io.heliograph.flow.TellingLock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;

/**
 * Where the publishers and subscribers of one name meet. One lock guards it, its publishers and its intakes, so that a
 * publish sees every backlog at one moment.
 */
final class Channel {

    final TellingLock lock = new TellingLock();
    /** An intake has room that it had not, or the set of intakes has changed. */
    final Condition changed = lock.newCondition();
    private final LocalTransport transport;
    private final String name;
    private final List<LocalPublisher> publishers = new ArrayList<>();
    private final List<Intake> intakes = new ArrayList<>();
    private int members;

    Channel(LocalTransport transport, String name) {
        this.transport = transport;
        this.name = name;
    }

    /** Called by the transport, one at a time. */
    void enter() {
        members++;
    }

    /** Called by the transport, one at a time. Whether nobody is left. */
    boolean leave() {
        members--;
        return members == 0;
    }

    /** One member is gone. */
    void exit() {
        transport.leave(name);
    }

    int subscribers() {
        lock.lock();
        try {
            return intakes.size();
        } finally {
            lock.unlock();
        }
    }

    void add(Intake intake) {
        lock.lock();
        try {
            intakes.add(intake);
            publishers.forEach(publisher -> publisher.meet(intake));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void remove(Intake intake) {
        lock.lock();
        try {
            intakes.remove(intake);
            publishers.forEach(publisher -> publisher.part(intake));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void add(LocalPublisher publisher) {
        lock.lock();
        try {
            publishers.add(publisher);
            intakes.forEach(publisher::meet);
        } finally {
            lock.unlock();
        }
    }

    void remove(LocalPublisher publisher) {
        lock.lock();
        try {
            publishers.remove(publisher);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void signalChange() {
        changed.signalAll();
    }
}
