package io.heliograph.udp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.sun.management.ThreadMXBean;
import io.heliograph.NoticeListener;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** How every kind of socket waits, wakes up, closes, and bears several threads. */
abstract class DatagramIoLifeContract {

    static final int BUFFER_BYTES = 4 << 20;

    private static final long LONG_NS = Duration.ofMinutes(5).toNanos();
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final DatagramIo.Receiver IGNORED = (datagram, source) -> { };

    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Opens the sockets under test. */
    abstract DatagramIos ios();

    /** Which family of addresses. */
    TestNetwork network() {
        return TestNetwork.IPV4;
    }

    /** Opens sockets of the other kind; of the same where there is only one. */
    abstract DatagramIos otherIos();

    @BeforeEach
    void theNetworkIsHere() {
        network().require();
    }

    @AfterEach
    void allThreadsEnd() throws InterruptedException {
        threads.shutdownNow();
        assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void waitingEndsAtItsTimeout() throws IOException {
        try (DatagramIo io = unicast()) {
            long startNs = System.nanoTime();
            assertThat(io.receive(IGNORED, 30_000_000)).isZero();
            assertThat(System.nanoTime() - startNs).isBetween(29_000_000L, SOON.toNanos());
            assertThat(io.receive(IGNORED, 0)).isZero();
            assertThat(io.receive(IGNORED, 1)).isZero();
        }
    }

    @Test
    void aDatagramEndsTheWaiting() throws Exception {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            Future<Arrivals> arrivals = threads.submit(() -> Arrivals.await(to, 100));
            for (int i = 0; i < 100; i++) {
                assertThat(from.send(ByteBuffer.wrap(new byte[] {(byte) i}), to.localAddress())).isTrue();
                Thread.yield();
            }
            assertThat(soon(arrivals).datagrams).containsExactly(
                    IntStream.range(0, 100).mapToObj(i -> new byte[] {(byte) i}).toArray(byte[][]::new));
        }
    }

    @Test
    void everyWakeUpEndsAReceive() throws Exception {
        try (DatagramIo io = unicast()) {
            var ended = new AtomicInteger();
            Future<?> receiving = threads.submit(() -> {
                while (ended.get() < 300) {
                    io.receive(IGNORED, LONG_NS);
                    ended.incrementAndGet();
                }
                return ended;
            });
            for (int i = 0; i < 300; i++) {
                int before = i;
                io.wakeUp();
                await().pollInterval(Duration.ofNanos(10_000)).pollDelay(Duration.ZERO).atMost(SOON)
                        .until(() -> ended.get() > before);
            }
            soon(receiving);
        }
    }

    @Test
    void aWakeUpBeforehandEndsTheNextReceive() throws Exception {
        try (DatagramIo io = unicast()) {
            io.wakeUp();
            io.wakeUp();
            assertThat(soon(threads.submit(() -> io.receive(IGNORED, LONG_NS)))).isZero();
        }
    }

    @Test
    void closingEndsTheWaitingAndEverythingAfter() throws Exception {
        for (int round = 0; round < 50; round++) {
            DatagramIo io = unicast();
            var isStarted = new CountDownLatch(1);
            Future<Integer> receiving = threads.submit(() -> {
                isStarted.countDown();
                return io.receive(IGNORED, LONG_NS);
            });
            isStarted.await();
            pause(round);
            io.close();
            assertThat(soon(receiving)).isZero();
            io.close();
            io.wakeUp();
            assertThat(io.receive(IGNORED, LONG_NS)).isZero();
            assertThat(io.localAddress().getPort()).isPositive();
            assertThatThrownBy(() -> io.send(ByteBuffer.allocate(1), io.localAddress()))
                    .isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void aReceiverMayCloseItsOwnSocket() throws Exception {
        DatagramIo to = unicast();
        try (DatagramIo from = unicast()) {
            from.send(ByteBuffer.allocate(1), to.localAddress());
            from.send(ByteBuffer.allocate(2), to.localAddress());
            var received = new AtomicInteger();
            soon(threads.submit(() -> to.receive((datagram, source) -> {
                received.incrementAndGet();
                to.close();
            }, LONG_NS)));
            assertThat(received).hasValue(1);
            assertThat(to.receive(IGNORED, LONG_NS)).isZero();
        }
    }

    @Test
    void closingUnderSendersAndAReceiverIsSafe() throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 60; round++) {
            DatagramIo io = unicast();
            Callable<Integer> sends = () -> {
                ByteBuffer train = ByteBuffer.allocateDirect(8 * 500);
                try {
                    for (int count = 0; ; count++) {
                        io.send(train.clear(), 500, io.localAddress());
                    }
                } catch (ClosedChannelException e) {
                    return 0;
                }
            };
            Future<Integer> first = threads.submit(sends);
            Future<Integer> second = threads.submit(sends);
            Future<Integer> receiving = threads.submit(() -> {
                int last = 1;
                while (last > 0) {
                    last = io.receive(IGNORED, LONG_NS);
                }
                return last;
            });
            pause(random.nextInt(2_000));
            io.close();
            // A call with a stale descriptor would soon meet the next socket, which gets the lowest free number.
            try (DatagramIo next = unicast()) {
                assertThat(soon(first) + soon(second) + soon(receiving)).as("seed %d", seed).isZero();
                assertThat(Arrivals.present(next).datagrams).as("seed %d", seed).isEmpty();
                assertThat(next.send(ByteBuffer.allocate(1), next.localAddress())).isTrue();
                Arrivals.await(next, 1);
            }
        }
    }

    @Test
    void anInterruptNeitherClosesTheSocketNorIsSwallowed() throws Exception {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            assertThat(soon(threads.submit(() -> {
                Thread.currentThread().interrupt();
                int received = to.receive(IGNORED, LONG_NS);
                from.send(ByteBuffer.allocate(7), to.localAddress());
                return Thread.interrupted() ? received : -1;
            }))).isZero();
            assertThat(Arrivals.await(to, 1).datagrams).containsExactly(new byte[7]);

            var isInterrupted = new CountDownLatch(1);
            Future<Arrivals> waiting = threads.submit(() -> {
                while (to.receive((datagram, source) -> { }, 1_000_000) == 0 && !Thread.currentThread().isInterrupted()) {
                    // Waits again until the interrupt is there.
                }
                boolean isKept = Thread.interrupted();
                isInterrupted.countDown();
                return isKept ? Arrivals.await(to, 1) : Arrivals.present(to);
            });
            threads.shutdownNow();
            assertThat(isInterrupted.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(from.send(ByteBuffer.allocate(9), to.localAddress())).isTrue();
            assertThat(soon(waiting).datagrams).containsExactly(new byte[9]);
        }
    }

    @Test
    void threadsThatSendAtOnceDoNotMixTheirTrains() throws Exception {
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            var room = new Semaphore(8);
            Queue<byte[]> received = new ConcurrentLinkedQueue<>();
            List<Future<Integer>> sending = IntStream.range(0, 2).mapToObj(sender -> threads.submit(() -> {
                ByteBuffer train = sender == 0 ? ByteBuffer.allocateDirect(8 * 200) : ByteBuffer.allocate(8 * 200);
                for (int i = 0; i < 200; i++) {
                    train.clear();
                    while (train.hasRemaining()) {
                        train.put((byte) (sender * 100 + i % 100));
                    }
                    assertThat(room.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
                    assertThat(from.send(train.flip(), 200, to.localAddress())).isTrue();
                }
                return sender;
            })).toList();
            int[] perSender = new int[2];
            long deadlineNs = System.nanoTime() + SOON.toNanos();
            for (int count = 0; count < 3_200 && System.nanoTime() < deadlineNs; ) {
                int now = to.receive((datagram, source) -> {
                    byte[] bytes = new byte[datagram.remaining()];
                    datagram.get(bytes);
                    received.add(bytes);
                }, 100_000_000);
                room.release((count + now) / 8 - count / 8);
                count += now;
            }
            assertThat(received).hasSize(3_200);
            for (byte[] datagram : received) {
                byte[] filled = new byte[200];
                Arrays.fill(filled, datagram[0]);
                assertThat(datagram).isEqualTo(filled);
                perSender[(datagram[0] & 0xff) / 100]++;
            }
            assertThat(perSender).containsExactly(1_600, 1_600);
            for (Future<Integer> sender : sending) {
                soon(sender);
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void openingAndClosingLeaksNoDescriptor() throws IOException {
        openUseAndClose();
        int before = descriptors();
        for (int i = 0; i < 100; i++) {
            openUseAndClose();
        }
        assertThat(descriptors()).isLessThan(before + 10);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatFailsToOpenLeaksNoDescriptor() throws IOException {
        try (DatagramIo own = unicast()) {
            int before = descriptors();
            for (int i = 0; i < 100; i++) {
                assertThatThrownBy(() -> ios().unicast(own.localAddress(), BUFFER_BYTES)).isNotNull();
            }
            assertThat(descriptors()).isLessThan(before + 10);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theKernelsDropsAreToldAsAtLeastSoMany() throws IOException {
        try (DatagramIo to = ios().unicast(new InetSocketAddress(host(), 0), 4_096); DatagramIo from = unicast()) {
            assertThat(to.kernelDrops()).hasValue(0);
            ByteBuffer train = ByteBuffer.allocateDirect(10 * 1_000);
            for (int i = 0; i < 100; i++) {
                assertThat(from.send(train.clear(), 1_000, to.localAddress())).isTrue();
            }
            int received = Arrivals.present(to).datagrams.size();
            assertThat(received).isBetween(1, 999);
            assertThat(to.kernelDrops().orElseThrow()).isBetween(1L, 1_000L - received);
        }
    }

    @Test
    void theReceiveBufferGrantedIsTold() throws IOException {
        try (DatagramIo io = ios().unicast(new InetSocketAddress(host(), 0), 100_000);
                DatagramIo other = otherIos().unicast(new InetSocketAddress(host(), 0), 100_000)) {
            assertThat(io.receiveBufferBytes()).isEqualTo(100_000).isEqualTo(other.receiveBufferBytes());
        }
    }

    @Test
    void nothingIsAllocatedForADatagramOrATrain() throws IOException {
        ThreadMXBean meter = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (DatagramIo to = unicast(); DatagramIo from = unicast()) {
            ByteBuffer train = ByteBuffer.allocateDirect(8 * 100);
            ByteBuffer single = ByteBuffer.allocate(100);
            // The compiler has to get there first, and on a busy machine that takes a while.
            int rounds = 2_000;
            long least = Long.MAX_VALUE;
            long deadlineNs = System.nanoTime() + SOON.toNanos();
            while (least >= rounds && System.nanoTime() < deadlineNs) {
                long before = meter.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < rounds; i++) {
                    from.send(train.clear(), 100, to.localAddress());
                    from.send(single.clear(), to.localAddress());
                    for (int received = 0; received < 9; ) {
                        received += to.receive(IGNORED, LONG_NS);
                    }
                }
                least = Math.min(least, meter.getCurrentThreadAllocatedBytes() - before);
            }
            assertThat((double) least / rounds).as("bytes a round").isLessThan(1);
        }
    }

    /** The io under test, with an address of its own. */
    DatagramIo unicast() throws IOException {
        return ios().unicast(new InetSocketAddress(host(), 0), BUFFER_BYTES);
    }

    InetAddress host() {
        return network().host();
    }

    static DatagramIos of(IoChoice choice) {
        return DatagramIos.of(choice, "test", NoticeListener.NONE);
    }

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    static byte[][] split(byte[] train, int segmentBytes) {
        return IntStream.range(0, Train.datagrams(train.length, segmentBytes))
                .mapToObj(i -> Arrays.copyOfRange(train, i * segmentBytes, Math.min((i + 1) * segmentBytes, train.length)))
                .toArray(byte[][]::new);
    }

    static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private void openUseAndClose() throws IOException {
        try (DatagramIo io = unicast()) {
            io.send(ByteBuffer.allocate(1), io.localAddress());
            Arrivals.await(io, 1);
        }
    }

    private static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }

    <T> Future<T> inAnotherThread(Callable<T> task) {
        return threads.submit(task);
    }

    static <T> T soon(Future<T> future) throws Exception {
        return future.get(SOON.toSeconds(), TimeUnit.SECONDS);
    }

    /** Some microseconds, so that what follows meets the other threads at different points. */
    static void pause(int microseconds) {
        long untilNs = System.nanoTime() + microseconds * 1_000L;
        while (System.nanoTime() < untilNs) {
            Thread.onSpinWait();
        }
    }
}
