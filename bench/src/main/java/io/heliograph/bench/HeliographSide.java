package io.heliograph.bench;

import io.heliograph.EventHandler;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.NoticeListener;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.flow.Limit;
import io.heliograph.spi.Environment;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.DatagramIos;
import io.heliograph.udp.IoChoice;
import io.heliograph.udp.UdpLimits;
import io.heliograph.udp.UdpPublisher;
import io.heliograph.udp.UdpSubscriber;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Heliograph. As long as it cannot press back over UDP, its publisher waits here for the slowest subscriber of the same
 * process, so that nothing is lost: a stand-in, which shows that the harness works but measures nothing that matters.
 */
final class HeliographSide implements UdpSide {

    private static final int BUFFER_BYTES = 4 << 20;
    private static final int EVENTS_AT_ONCE = 256;
    private static final int EVENTS_ON_THE_WAY = 16_384;
    private static final double LOST_SHARE = 0.01;
    private static final long LOSS_SEED = 20_261;
    private static final String TOPIC = "bench";
    private static final FlowPolicy POLICY = FlowPolicy.dropOldest(Limit.events(1_000_000));

    private final List<Receiver> receivers = new ArrayList<>();

    @Override
    public Node node(UdpTask task) {
        return new HeliographNode(task);
    }

    @Override
    public Opened idle(Place place) {
        String address = "udp://" + place.text() + "?reliable=false";
        Subscriber subscriber = Heliograph.subscriber(address);
        subscriber.subscribe(">", delivery -> { });
        Publisher publisher = Heliograph.publisher(address);
        publisher.publish(TOPIC, new byte[1], 0, 1);
        return () -> {
            publisher.close();
            subscriber.close();
        };
    }

    @Override
    public void close() {
    }

    private final class HeliographNode implements Node {

        private final UdpTask task;
        private final DatagramIos ios;
        private final List<Opened> opened = new ArrayList<>();

        HeliographNode(UdpTask task) {
            this.task = task;
            ios = DatagramIos.of(task.wire() == UdpTask.Wire.PORTABLE ? IoChoice.PORTABLE : IoChoice.NATIVE, "bench",
                    NoticeListener.NONE);
        }

        @Override
        public Sending publish(Place place) {
            DatagramIo io = place.isGroup()
                    ? ios.multicastSender(InetAddress.getLoopbackAddress(), loopback(), 0, BUFFER_BYTES)
                    : ios.unicast(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BUFFER_BYTES);
            var publisher = new UdpPublisher(place.text(), place.address(),
                    task.wire() == UdpTask.Wire.SINGLE ? new SinglyIo(io) : io, task.datagramBytes(), UdpLimits.defaults(),
                    FlowPolicy.dropOldest(Limit.DEFAULT), Environment.system()).start();
            opened.add(publisher::close);
            return new Sender(publisher, receivers.stream().filter(receiver -> receiver.place.equals(place)).toList());
        }

        @Override
        public Receiving subscribe(Place place) {
            DatagramIo io = place.isGroup()
                    ? ios.multicastReceiver(place.address(), loopback(), BUFFER_BYTES)
                    : ios.unicast(place.address(), BUFFER_BYTES);
            DatagramIo data = task.wire() == UdpTask.Wire.LOSSY ? new LossyIo(io, LOST_SHARE, LOSS_SEED) : io;
            DatagramIo reports = place.isGroup()
                    ? ios.unicast(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BUFFER_BYTES)
                    : data;
            var subscriber = new UdpSubscriber(place.text(), data, reports, UdpLimits.defaults(), POLICY,
                    Environment.system()).start();
            opened.add(subscriber::close);
            var receiver = new Receiver(place, subscriber.subscribePolled(Interest.inAll().withPolicy(POLICY)));
            receivers.add(receiver);
            return receiver;
        }

        private static NetworkInterface loopback() {
            try {
                return NetworkInterface.getByInetAddress(InetAddress.getLoopbackAddress());
            } catch (SocketException e) {
                throw new UncheckedIOException("find the loopback interface", e);
            }
        }

        @Override
        public void work() {
        }

        @Override
        public void close() {
            opened.forEach(Opened::close);
        }
    }

    private record Sender(Publisher publisher, List<Receiver> receivers, long[] published) implements Sending {

        Sender(Publisher publisher, List<Receiver> receivers) {
            this(publisher, receivers, new long[1]);
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            for (Receiver receiver : receivers) {
                if (published[0] - receiver.handled >= EVENTS_ON_THE_WAY) {
                    return false;
                }
            }
            PublishResult result = publisher.publish(TOPIC, bytes, from, length);
            if (result != PublishResult.ACCEPTED) {
                throw new IllegalStateException("publish answered " + result);
            }
            published[0]++;
            return true;
        }

        @Override
        public void flush() {
        }

        @Override
        public void work() {
            Thread.yield();
        }

        @Override
        public boolean isHeardBy(int subscribers) {
            return publisher.subscribers() >= subscribers;
        }
    }

    private static final class Receiver implements Receiving {

        private final Place place;
        private final Subscription subscription;
        private volatile long handled;

        Receiver(Place place, Subscription subscription) {
            this.place = place;
            this.subscription = subscription;
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            EventHandler handler = delivery -> {
                ByteBuffer data = delivery.event().data();
                int length = data.remaining();
                int at = events.place(length);
                data.get(events.block(), at, length);
            };
            int count = subscription.poll(handler, EVENTS_AT_ONCE);
            if (count > 0) {
                handled += count;
            } else if (waitNs > 0) {
                Thread.yield();
            }
            return count;
        }
    }
}
