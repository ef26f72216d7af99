package io.heliograph.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A relay for UDP datagrams whose faults come from a seed: what {@link SimLink} does on one thread, between real
 * processes. It listens at an address, unicast or multicast, forwards to another, and carries answers back.
 *
 * <pre>
 *                    the link
 *   sender A  ---->  listen : S(A)  ---->  target B
 *             <----  S(B)   : S(A)  <----           answers, and what A sends to them
 * </pre>
 *
 * <p>Each sender has a socket S of its own on the other side, so that source addresses stay distinct both ways; a target
 * that is one receiver's address answers through the listening socket, so that the sender hears the address it sent to.
 * Faults strike each sender's datagrams by themselves; to let receivers of one group suffer apart, give each a group and
 * a link of its own. Plain sockets are used, so that a train of datagrams is struck datagram by datagram.
 *
 * <pre>
 * {@code
 * var config = ImpairedLinkConfig.between(group1, group2).withSeed(7)
 *         .withForward(Impairment.of(Faults.NONE.withDrop(0.01)));
 * try (var link = ImpairedLink.open(config)) {
 *     link.cut(Direction.BACK);
 *     ...
 *     link.counts().forward().faults().requireHappened(FaultKind.DROP);
 * }
 * }
 * </pre>
 *
 * <p>As a process of its own it takes its settings as arguments; see {@link #main}. Thread-safe. One daemon thread,
 * {@code heliograph-impaired-link ADDRESS}, does the work, and copies each datagram; what the operating system drops in
 * front of a socket is not counted here.
 */
public final class ImpairedLink implements AutoCloseable {

    private static final int MAX_DATAGRAM_BYTES = 65_535;
    /** How often delayed datagrams are looked after. */
    private static final long TICK_MS = 1;
    /** So many from one socket before it is another's turn. */
    private static final int TURN = 256;

    /** Which way a datagram goes. */
    public enum Direction {
        /** To the target. */
        FORWARD,
        /** From the target's side to the senders. */
        BACK
    }

    private final ImpairedLinkConfig config;
    private final Selector selector;
    /** Guards everything below. */
    private final ReentrantLock lock = new ReentrantLock();
    private final LinkSide front;
    private final LinkSide back;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_DATAGRAM_BYTES);
    private final Set<Direction> cut = EnumSet.noneOf(Direction.class);
    private final InetSocketAddress localAddress;
    private final Thread thread;
    private Optional<Throwable> failure = Optional.empty();
    private long refused;
    private volatile boolean isClosed;

    private ImpairedLink(ImpairedLinkConfig config) throws IOException {
        this.config = config;
        selector = Selector.open();
        front = new LinkSide(selector, config.listenInterface(), config.listen().getAddress(), Direction.FORWARD,
                config.maxSenders());
        back = new LinkSide(selector, config.targetInterface(), config.target().getAddress(), Direction.BACK,
                config.maxSenders());
        try {
            LinkSide.Socket socket = front.listen(config.listen(), config.target());
            localAddress = (InetSocketAddress) socket.channel().getLocalAddress();
        } catch (IOException | RuntimeException e) {
            selector.close();
            throw e;
        }
        thread = Thread.ofPlatform().daemon().name("heliograph-impaired-link " + localAddress).start(this::run);
    }

    /**
     * Opens a link, which works from now on.
     *
     * @throws UncheckedIOException if it cannot listen there
     */
    public static ImpairedLink open(ImpairedLinkConfig config) {
        try {
            return new ImpairedLink(config);
        } catch (IOException e) {
            throw new UncheckedIOException("impaired link at " + config.listen() + ": " + e.getMessage(), e);
        }
    }

    /** Where it listens. */
    public InetSocketAddress localAddress() {
        return localAddress;
    }

    /** Cuts one direction: until {@link #heal}, nothing that arrives goes on. What is on its way does. */
    public void cut(Direction direction) {
        lock.lock();
        try {
            cut.add(direction);
        } finally {
            lock.unlock();
        }
    }

    /** Mends one direction. */
    public void heal(Direction direction) {
        lock.lock();
        try {
            cut.remove(direction);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What happened so far.
     *
     * @throws IllegalStateException if a socket has failed and the link no longer works
     */
    public ImpairedLinkCounts counts() {
        lock.lock();
        try {
            if (failure.isPresent()) {
                throw new IllegalStateException("the link at " + localAddress + " has failed", failure.get());
            }
            // A lane belongs to the socket it leaves by, which is on the other side than the one it came in.
            return new ImpairedLinkCounts(back.counts(), front.counts(), front.size() + back.size(), refused);
        } finally {
            lock.unlock();
        }
    }

    /** Closes its sockets; what waits is given up. The counts can be read after. Idempotent. */
    @Override
    public void close() {
        isClosed = true;
        selector.wakeup();
        try {
            TimeUnit.SECONDS.timedJoin(thread, 5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        lock.lock();
        try {
            front.close();
            back.close();
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close the link at " + localAddress, e);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            int waiting = 0;
            while (!isClosed) {
                if (waiting > 0) {
                    selector.select(TICK_MS);
                } else {
                    selector.select();
                }
                waiting = work();
            }
        } catch (IOException | RuntimeException | Error e) {
            lock.lock();
            try {
                failure = Optional.of(e);
            } finally {
                lock.unlock();
            }
        }
    }

    private int work() throws IOException {
        lock.lock();
        try {
            for (SelectionKey key : selector.selectedKeys()) {
                receive((LinkSide.Socket) key.attachment());
            }
            selector.selectedKeys().clear();
            return front.forward() + back.forward();
        } finally {
            lock.unlock();
        }
    }

    private void receive(LinkSide.Socket socket) throws IOException {
        for (int i = 0; i < TURN; i++) {
            buffer.clear();
            var source = (InetSocketAddress) socket.channel().receive(buffer);
            if (source == null) {
                return;
            }
            byte[] datagram = new byte[buffer.flip().remaining()];
            buffer.get(datagram);
            Optional<Lane> lane = lane(socket, source);
            if (lane.isEmpty()) {
                refused++;
            } else {
                lane.get().accept(datagram,
                        cut.contains(socket.inbound()) ? Optional.of(FaultKind.PARTITION) : Optional.empty());
                lane.get().forward();
            }
        }
    }

    private Optional<Lane> lane(LinkSide.Socket arrivedAt, InetSocketAddress source) throws IOException {
        return switch (arrivedAt.inbound()) {
            case FORWARD -> back.socketFor(source)
                    .map(out -> back.lane(out, arrivedAt.standsFor(), config.forward(), config.seed()));
            case BACK -> front.socketFor(source)
                    .map(out -> front.lane(out, arrivedAt.standsFor(), config.back(), ~config.seed()));
        };
    }

    /**
     * A link as a process. Arguments are {@code name=value}:
     *
     * <pre>
     * listen=239.77.1.1:4770 target=239.77.1.2:4770    both needed; [HOST]:PORT for IPv6
     * listen-interface=lo target-interface=e0          names; the loopback interface if left out
     * seed=1 max-senders=64
     * drop=0.01 duplicate=0.05 reorder=0.05 delay=0.1 truncate=0.01 bit-flip=0.01 burst=0.001
     * longest=10ms reorder-span=8 burst-length=500     of both ways; forward.drop=... or back.drop=... of one
     * duration=30s                                     ends by itself; else when its input ends
     * </pre>
     *
     * <p>It says <code>{"role":"link","listening":"HOST:PORT"}</code> when it listens; obeys {@code cut forward},
     * {@code cut back}, {@code heal forward}, {@code heal back} and {@code counts} on standard input, answering each with
     * its counts so far; and writes its counts as one line of JSON at its end. Exit codes: 0, 1 if it failed, 2 for
     * arguments that it does not understand.
     */
    public static void main(String[] arguments) {
        System.exit(new ImpairedLinkProcess(System.in, System.out, System.err).run(arguments));
    }
}
