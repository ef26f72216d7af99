package io.heliograph.zmq;

import static org.assertj.core.api.Assertions.assertThat;

import io.heliograph.Notice;
import io.heliograph.spi.Environment;
import io.heliograph.testkit.CollectedNotices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Peers that mean well at an address that is attacked: own ones and foreign ones. What one batch brings must be there before the
 * next begins, and all must be there in the end. Confined to the test's thread.
 */
abstract class Bystanders implements AutoCloseable {

    static final long PATIENCE_S = 15;

    /**
     * A port that is attacked.
     *
     * @param peer the type of ZeroMQ's sockets that is expected there
     */
    record Door(int port, String peer) {
    }

    /** Does harm. */
    interface Attack {
        void run() throws Exception;
    }

    final String address = Ports.freshAddress();
    final CollectedNotices notices = new CollectedNotices();
    final Environment environment = Environment.system().withNotices(notices);
    private Map<ZmqRefusal, Long> refusedBefore = Map.of();
    final ExecutorService threads = Executors.newCachedThreadPool();

    /** Every port that is bound. */
    abstract List<Door> doors();

    /** Sends some, and waits until all of it is where it belongs. */
    abstract void batch() throws Exception;

    /** Nobody has lost anything, and every sum closes. */
    abstract void requireUnnoticed();

    /** Whether those that mean well are all that are known. */
    abstract boolean isAlone();

    abstract Map<ZmqRefusal, Long> refusals();

    /** The first batch is where it belongs. */
    final void begin() throws Exception {
        batch();
        refusedBefore = refusals();
    }

    @Override
    public abstract void close();

    final Door plainDoor() {
        return doors().stream().filter(door -> door.port == Ports.plain(address)).findFirst().orElseThrow();
    }

    final Door ownDoor() {
        return new Door(Ports.own(address), "DEALER");
    }

    /** Since they were open: of a hundred connections of JeroMQ's some fail at first. */
    final long refused(ZmqRefusal reason) {
        return refusals().getOrDefault(reason, 0L) - refusedBefore.getOrDefault(reason, 0L);
    }

    /** A foreign socket, which finds out soon when JeroMQ's greetings do not get through. */
    static ZMQ.Socket foreign(ZContext context, SocketType type) {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setHandshakeIvl(500);
        return socket;
    }

    /** Traffic flows as long as the attack runs, and once more when it is over; then nobody has noticed. */
    final void endure(Attack attack) throws Exception {
        Future<?> attacking = threads.submit(() -> {
            attack.run();
            return null;
        });
        while (!attacking.isDone()) {
            batch();
        }
        attacking.get();
        batch();
        requireUnnoticed();
        assertThat(notices.of(Notice.TransportFailed.class)).isEmpty();
        assertThat(notices.of(Notice.TailUnknown.class)).isEmpty();
    }
}
