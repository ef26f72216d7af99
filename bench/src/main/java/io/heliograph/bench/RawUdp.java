package io.heliograph.bench;

import io.heliograph.NoticeListener;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.DatagramIos;
import io.heliograph.udp.IoChoice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Locale;

/**
 * Bare loops over each kind of socket on the loopback interface, without protocol or reliability: how much the sockets
 * themselves carry. One thread packs events of 32 bytes into datagrams of 1,400 and sends them as fast as they are taken;
 * another looks into each event that arrives. What the receiver cannot take is lost, and shown.
 *
 * <pre>
 *   java ... io.heliograph.bench.RawUdp [ROUNDS] [SECONDS]
 * </pre>
 *
 * <p>The kinds take turns; the medians of the rounds count.
 */
public final class RawUdp {

    private static final int DATAGRAM_BYTES = 1400;
    private static final int HEADER_BYTES = 32;
    private static final int EVENT_BYTES = 32;
    private static final int FRAME_BYTES = 4 + EVENT_BYTES;
    private static final int EVENTS = (DATAGRAM_BYTES - HEADER_BYTES) / FRAME_BYTES;
    private static final int TRAIN = DatagramIo.MAX_TRAIN_BYTES / DATAGRAM_BYTES;
    private static final int BUFFER_BYTES = 4 << 20;

    private RawUdp() {
    }

    /** What one round carried, per second. */
    private record Round(double datagramsSent, double datagrams) {
        double events() {
            return datagrams * EVENTS;
        }
    }

    /** Runs the rounds and prints a line for each, then the medians. */
    public static void main(String[] arguments) throws Exception {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 5;
        double seconds = arguments.length > 1 ? Double.parseDouble(arguments[1]) : 2;
        IoChoice[] kinds = DatagramIos.whyNotNative().isEmpty()
                ? new IoChoice[] {IoChoice.PORTABLE, IoChoice.NATIVE}
                : new IoChoice[] {IoChoice.PORTABLE};
        Round[][] all = new Round[kinds.length][rounds];
        for (IoChoice kind : kinds) {
            measure(kind, seconds);
        }
        for (int round = 0; round < rounds; round++) {
            for (int kind = 0; kind < kinds.length; kind++) {
                all[kind][round] = measure(kinds[kind], seconds);
                print(kinds[kind].text() + " " + round, all[kind][round]);
            }
        }
        for (int kind = 0; kind < kinds.length; kind++) {
            Arrays.sort(all[kind], (a, b) -> Double.compare(a.datagrams(), b.datagrams()));
            print(kinds[kind].text() + " median", all[kind][rounds / 2]);
        }
    }

    private static void print(String name, Round round) {
        System.out.printf(Locale.ROOT, "%-16s %6.2f M datagrams/s  %7.0f MB/s  %6.1f M events/s  (sent %.2f M/s, lost %.0f %%)%n",
                name, round.datagrams() / 1e6, round.datagrams() * DATAGRAM_BYTES / 1e6, round.events() / 1e6,
                round.datagramsSent() / 1e6, 100 * (1 - round.datagrams() / round.datagramsSent()));
    }

    private static Round measure(IoChoice kind, double seconds) throws Exception {
        DatagramIos ios = DatagramIos.of(kind, "bench", NoticeListener.NONE);
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (DatagramIo to = ios.unicast(any, BUFFER_BYTES); DatagramIo from = ios.unicast(any, BUFFER_BYTES)) {
            Receiving receiving = new Receiving(to);
            Thread receiver = Thread.ofPlatform().daemon().name("receiver").start(receiving);
            long startNs = System.nanoTime();
            long sent = send(from, to.localAddress(), startNs + (long) (seconds * 1e9));
            double tookSeconds = (System.nanoTime() - startNs) / 1e9;
            receiving.isDone = true;
            to.wakeUp();
            receiver.join();
            return new Round(sent / tookSeconds, receiving.datagrams / tookSeconds);
        }
    }

    private static long send(DatagramIo io, InetSocketAddress target, long untilNs) throws IOException {
        ByteBuffer train = ByteBuffer.allocateDirect(TRAIN * DATAGRAM_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        byte[] event = new byte[EVENT_BYTES];
        long sent = 0;
        while (System.nanoTime() - untilNs < 0) {
            for (int i = 0; i < TRAIN; i++) {
                int at = i * DATAGRAM_BYTES;
                train.putLong(at, sent + i);
                at += HEADER_BYTES;
                for (int j = 0; j < EVENTS; j++, at += FRAME_BYTES) {
                    event[0] = (byte) j;
                    train.putInt(at, EVENT_BYTES);
                    train.put(at + 4, event);
                }
            }
            train.clear();
            while (!io.send(train, DATAGRAM_BYTES, target)) {
                Thread.onSpinWait();
            }
            sent += TRAIN;
        }
        return sent;
    }

    /** Looks into every event until told to stop. */
    private static final class Receiving implements Runnable, DatagramIo.Receiver {

        private final DatagramIo io;
        private volatile boolean isDone;
        private long datagrams;
        private long sum;

        Receiving(DatagramIo io) {
            this.io = io;
        }

        @Override
        public void run() {
            try {
                while (!isDone) {
                    io.receive(this, 1_000_000);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void onDatagram(ByteBuffer datagram, InetSocketAddress source) {
            onDatagrams(datagram, Math.max(1, datagram.remaining()), source);
        }

        @Override
        public void onDatagrams(ByteBuffer train, int segmentBytes, InetSocketAddress source) {
            for (int at = train.position(); at < train.limit(); at += segmentBytes) {
                int event = at + HEADER_BYTES;
                for (int j = 0; j < EVENTS; j++, event += FRAME_BYTES) {
                    sum += train.getLong(event + 4);
                }
                datagrams++;
            }
        }
    }
}
