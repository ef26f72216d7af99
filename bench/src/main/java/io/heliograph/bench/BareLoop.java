package io.heliograph.bench;

import io.heliograph.NoticeListener;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.DatagramIos;
import io.heliograph.udp.IoChoice;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.DatagramChannel;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Packed events over a bare socket of the loopback interface, without protocol or reliability: one thread copies them
 * into datagrams and sends as fast as the system takes them, another looks into each that arrives. What the receiver
 * cannot take is lost and does not count.
 *
 * <p>{@link UdpTask.Wire#PORTABLE} is two connected {@link DatagramChannel}s and uses none of the product, so that it
 * tells how fast this machine is now; {@link UdpTask.Wire#TRAINS} is the product's native socket.
 */
final class BareLoop {

    private static final int HEADER_BYTES = 48;
    private static final int FRAME_BYTES = 4;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final long WAIT_NS = 1_000_000;
    private static final long WARM_UP_NS = TimeUnit.MILLISECONDS.toNanos(5_000);
    private static final long WINDOW_NS = TimeUnit.SECONDS.toNanos(1);

    private final UdpTask task;
    private final int eventsPerDatagram;
    private final int datagramBytes;
    private final byte[] event;
    private volatile long handled;
    private long datagrams;
    private long sum;

    private BareLoop(UdpTask task) {
        this.task = task;
        eventsPerDatagram = (task.datagramBytes() - HEADER_BYTES) / (FRAME_BYTES + task.eventBytes());
        datagramBytes = HEADER_BYTES + eventsPerDatagram * (FRAME_BYTES + task.eventBytes());
        event = new byte[task.eventBytes()];
        new Random(task.eventBytes()).nextBytes(event);
    }

    /** Tells events per second. */
    static void measure(UdpTask task, Tell tell) throws IOException, InterruptedException {
        var loop = new BareLoop(task);
        if (task.wire() == UdpTask.Wire.PORTABLE) {
            loop.overChannels(tell);
        } else {
            loop.overTrains(tell);
        }
    }

    private void overChannels(Tell tell) throws IOException, InterruptedException {
        try (DatagramChannel from = channel(); DatagramChannel to = channel()) {
            from.connect(to.getLocalAddress());
            to.connect(from.getLocalAddress());
            to.configureBlocking(false);
            try (var loops = new Loops()) {
                loops.start(() -> {
                    ByteBuffer buffer = buffer(datagramBytes);
                    while (!loops.isOver()) {
                        fill(buffer, 1);
                        from.write(buffer);
                    }
                });
                loops.start(() -> {
                    ByteBuffer buffer = buffer(DatagramIo.MAX_TRAIN_BYTES);
                    while (!loops.isOver()) {
                        buffer.clear();
                        if (to.read(buffer) > 0) {
                            look(buffer.flip(), datagramBytes);
                        }
                    }
                });
                tellRates(loops, tell);
            }
        }
    }

    private static DatagramChannel channel() throws IOException {
        return DatagramChannel.open(StandardProtocolFamily.INET)
                .setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private void overTrains(Tell tell) throws IOException, InterruptedException {
        DatagramIos ios = DatagramIos.of(IoChoice.NATIVE, "bench", NoticeListener.NONE);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        int datagramsPerTrain = Math.min(DatagramIo.MAX_TRAIN_SEGMENTS, DatagramIo.MAX_TRAIN_BYTES / datagramBytes);
        var looking = new DatagramIo.Receiver() {
            @Override
            public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
                look(datagram, datagramBytes);
            }

            @Override
            public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
                look(train, segmentBytes);
            }
        };
        try (DatagramIo from = ios.unicast(any, SOCKET_BUFFER_BYTES); DatagramIo to = ios.unicast(any, SOCKET_BUFFER_BYTES);
                var loops = new Loops()) {
            loops.start(() -> {
                ByteBuffer train = buffer(datagramsPerTrain * datagramBytes);
                while (!loops.isOver()) {
                    fill(train, datagramsPerTrain);
                    while (!from.send(train, datagramBytes, to.localAddress()) && !loops.isOver()) {
                        Thread.onSpinWait();
                    }
                }
            });
            loops.start(() -> {
                while (!loops.isOver()) {
                    to.receive(looking, WAIT_NS);
                }
            });
            tellRates(loops, tell);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private void fill(ByteBuffer buffer, int count) {
        buffer.clear();
        for (int i = 0; i < count; i++) {
            int at = i * datagramBytes + HEADER_BYTES;
            for (int j = 0; j < eventsPerDatagram; j++, at += FRAME_BYTES + event.length) {
                event[0] = (byte) j;
                buffer.putInt(at, event.length);
                buffer.put(at + FRAME_BYTES, event);
            }
        }
    }

    private void look(ByteBuffer train, int segmentBytes) {
        for (int start = train.position(); start < train.limit(); start += segmentBytes) {
            int at = start + HEADER_BYTES;
            for (int j = 0; j < eventsPerDatagram; j++, at += FRAME_BYTES + event.length) {
                sum += train.getLong(at + FRAME_BYTES);
            }
            datagrams++;
        }
        handled = datagrams * eventsPerDatagram;
    }

    private void tellRates(Loops loops, Tell tell) throws InterruptedException {
        loops.sleep(WARM_UP_NS);
        for (int i = 0; i < task.windows(); i++) {
            long before = handled;
            long startNs = System.nanoTime();
            loops.sleep(WINDOW_NS);
            tell.sample(OneWay.RATE, (handled - before) / ((System.nanoTime() - startNs) / 1e9));
        }
        loops.end(() -> true);
        if (sum == 0) {
            throw new IllegalStateException("the events that arrived are empty");
        }
    }
}
