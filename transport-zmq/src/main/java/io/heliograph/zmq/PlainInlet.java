package io.heliograph.zmq;

import java.nio.channels.SelectableChannel;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/** A socket that listens to foreign publishers. Confined to the thread that owns it. */
final class PlainInlet {

    private static final int MOST_FRAMES = 3;
    private static final byte[] NOTHING = {};

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private final Set<String> prefixes = new HashSet<>();

    /** @param socket a SUB */
    PlainInlet(ZMQ.Socket socket) {
        this.socket = socket;
        this.base = socket.base();
    }

    /** Has what begins with one of {@code wanted}, and nothing else, be sent from now on. */
    void subscribe(Set<String> wanted) {
        for (String prefix : wanted) {
            if (!prefixes.contains(prefix)) {
                socket.subscribe(prefix);
            }
        }
        for (String prefix : prefixes) {
            if (!wanted.contains(prefix)) {
                socket.unsubscribe(prefix);
            }
        }
        prefixes.clear();
        prefixes.addAll(wanted);
    }

    /** Whether anything has been asked for. */
    boolean isSubscribed() {
        return !prefixes.isEmpty();
    }

    /** The next message, if one has arrived; without an array of its own where frames are missing or too many. */
    Optional<Parts> receive() {
        Msg first = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
        if (first == null) {
            return Optional.empty();
        }
        byte[][] frames = {first.data(), NOTHING, NOTHING};
        int count = 1;
        boolean hasMore = first.hasMore();
        while (hasMore) {
            Msg next = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (next == null) {
                break;
            }
            if (count < MOST_FRAMES) {
                frames[count] = next.data();
            }
            count++;
            hasMore = next.hasMore();
        }
        return Optional.of(new Parts(count, frames[0], frames[1], frames[2]));
    }

    /**
     * A message in its frames, as far as they mean anything.
     *
     * @param count  how many there were
     * @param first  the first
     * @param second the second, if there was one
     * @param third  the third, if there was one
     */
    record Parts(int count, byte[] first, byte[] second, byte[] third) {
    }

    SelectableChannel channel() {
        return socket.getFD();
    }

    void close() {
        socket.close();
    }
}
