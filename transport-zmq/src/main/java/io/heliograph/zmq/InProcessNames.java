package io.heliograph.zmq;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which names are bound within this process. ZeroMQ connects to a name only once, and a socket that connects to one that is
 * not bound yet can never be closed quite; so nobody connects before. Thread-safe.
 */
final class InProcessNames {

    private static final Set<String> BOUND = new HashSet<>();
    private static final CopyOnWriteArrayList<Runnable> LISTENERS = new CopyOnWriteArrayList<>();

    private InProcessNames() {
    }

    /** Binds by {@code binding}; from then on others may connect. */
    static void bind(String name, Runnable binding) {
        synchronized (BOUND) {
            binding.run();
            BOUND.add(name);
        }
        LISTENERS.forEach(Runnable::run);
    }

    /** Unbinds by {@code unbinding}. */
    static void unbind(String name, Runnable unbinding) {
        synchronized (BOUND) {
            BOUND.remove(name);
            unbinding.run();
        }
    }

    /** Whether {@code name} is bound. */
    static boolean isBound(String name) {
        synchronized (BOUND) {
            return BOUND.contains(name);
        }
    }

    /** Connects by {@code connecting} if the name is bound; says whether it is. */
    static boolean connect(String name, Runnable connecting) {
        synchronized (BOUND) {
            if (BOUND.contains(name)) {
                connecting.run();
                return true;
            }
            return false;
        }
    }

    /** Has {@code listener} run whenever a name is bound. */
    static void listen(Runnable listener) {
        LISTENERS.add(listener);
    }

    static void forget(Runnable listener) {
        LISTENERS.remove(listener);
    }
}
