package io.heliograph.zmq;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The responders that a requester is connected to. Guarded by the requester's lock. */
final class Servers {

    private final List<Server> servers = new ArrayList<>();
    private int turn;

    void add(Server server) {
        servers.add(server);
    }

    Optional<Server> find(Peer peer) {
        for (Server server : servers) {
            if (server.peer.equals(peer)) {
                return Optional.of(server);
            }
        }
        return Optional.empty();
    }

    Optional<Server> remove(Peer peer) {
        Optional<Server> found = find(peer);
        found.ifPresent(servers::remove);
        return found;
    }

    /**
     * Of those that take requests, and have not been asked this one, whichever has the fewest unanswered; of several such each in
     * its turn.
     */
    Optional<Server> leastOutstanding(OpenRequest request) {
        Optional<Server> least = Optional.empty();
        int count = servers.size();
        for (int i = 0; i < count; i++) {
            Server server = servers.get((turn + i) % count);
            if (server.isReady && request.bytes() <= server.mostBytes && !request.hasTried(server)
                    && (least.isEmpty() || server.outstanding < least.get().outstanding)) {
                least = Optional.of(server);
            }
        }
        turn = count == 0 ? 0 : (turn + 1) % count;
        return least;
    }

    /** Whether there are responders, and none of them reads as much. */
    boolean isTooLargeForAll(OpenRequest request) {
        boolean isAny = false;
        for (Server server : servers) {
            if (server.isReady) {
                isAny = true;
                if (request.bytes() <= server.mostBytes) {
                    return false;
                }
            }
        }
        return isAny;
    }

    /** How many take requests. */
    int ready() {
        int ready = 0;
        for (Server server : servers) {
            ready += server.isReady ? 1 : 0;
        }
        return ready;
    }

    /** A copy. */
    List<Server> all() {
        return List.copyOf(servers);
    }

    /** Whether anything waits to be sent. */
    boolean hasOutgoing() {
        for (Server server : servers) {
            if (server.hasOutgoing()) {
                return true;
            }
        }
        return false;
    }
}
