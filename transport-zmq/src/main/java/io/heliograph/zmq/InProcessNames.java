package io.heliograph.zmq;

import io.heliograph.AddressInUseException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Which names are bound within this process, and how often anything was bound so far. ZeroMQ connects to a name only once
 * and tells nobody when it is gone, and a socket that connects to one that is not bound yet can never be closed quite; so
 * nobody connects before, and each can see that it is connected to another's name by now. Thread-safe.
 */
final class InProcessNames {

    /** Of a name that is not bound. */
    static final long UNBOUND = 0;

    private static final Map<String, Long> BINDINGS = new HashMap<>();
    private static final CopyOnWriteArrayList<Runnable> LISTENERS = new CopyOnWriteArrayList<>();
    private static long last = UNBOUND;

    private InProcessNames() {
    }

    /**
     * Binds by {@code binding}; from then on others may connect. Asks ZeroMQ for a free name only: JeroMQ 0.6.0 gives a name
     * that is bound to whoever asks for it again, as it refuses them.
     *
     * @throws AddressInUseException if the name is bound
     */
    static void bind(String name, Runnable binding) {
        synchronized (BINDINGS) {
            if (BINDINGS.containsKey(name)) {
                throw new AddressInUseException(name, "close what is bound there, or take another name");
            }
            binding.run();
            last++;
            BINDINGS.put(name, last);
        }
        LISTENERS.forEach(Runnable::run);
    }

    /** Unbinds by {@code unbinding}. */
    static void unbind(String name, Runnable unbinding) {
        synchronized (BINDINGS) {
            BINDINGS.remove(name);
            unbinding.run();
        }
        LISTENERS.forEach(Runnable::run);
    }

    /** The number of the binding of {@code name}, or {@link #UNBOUND}. */
    static long binding(String name) {
        synchronized (BINDINGS) {
            return BINDINGS.getOrDefault(name, UNBOUND);
        }
    }

    /** Connects by {@code connecting} if the name is bound; says to which binding. */
    static long connect(String name, Runnable connecting) {
        synchronized (BINDINGS) {
            long binding = BINDINGS.getOrDefault(name, UNBOUND);
            if (binding != UNBOUND) {
                connecting.run();
            }
            return binding;
        }
    }

    /** Has {@code listener} run whenever a name is bound or unbound. */
    static void listen(Runnable listener) {
        LISTENERS.add(listener);
    }

    static void forget(Runnable listener) {
        LISTENERS.remove(listener);
    }
}
