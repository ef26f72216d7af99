package io.heliograph.bench;

import io.heliograph.Delivery;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Subscriber;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.spi.Environment;
import io.heliograph.udp.DataHandler;
import io.heliograph.udp.DatagramIo;
import io.heliograph.udp.UdpAppender;
import io.heliograph.udp.UdpPublisher;
import io.heliograph.udp.UdpSubscriber;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * Heliograph: reliable, pressing back, events appended one by one and handled where they lie. A subscriber works on its
 * program's own thread; a publisher has a thread of its own beside, which hears reports and repairs.
 */
final class UdpHeliographSide implements UdpSide {

    private static final double LOST_SHARE = 0.01;
    private static final long LOSS_SEED = 20_261;
    private static final String TOPIC = "bench";
    private static final FlowPolicy POLICY = FlowPolicy.parse("backpressure:1000000,256MiB,wait=5s");

    private final UdpTask task;

    UdpHeliographSide(UdpTask task) {
        this.task = task;
    }

    @Override
    public Place place() throws IOException {
        return Place.udp(task.subscribers());
    }

    @Override
    public Node node() {
        return new HeliographNode(task);
    }

    @Override
    public Opened idle(Place place) {
        String address = "udp://" + place.text();
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

    private static final class HeliographNode implements Node {

        private final UdpTask task;
        private final List<Opened> opened = new ArrayList<>();
        private final List<UdpSubscriber> subscribers = new ArrayList<>();

        HeliographNode(UdpTask task) {
            this.task = task;
        }

        private String address(Place place) {
            return "udp://" + place.text() + "?interface=loopback&buffer=4MiB&datagram=" + task.datagramBytes()
                    + "&io=" + (task.wire() == UdpTask.Wire.PORTABLE ? "portable" : "native");
        }

        @Override
        public Sending publish(Place place) {
            UnaryOperator<DatagramIo> around = task.wire() == UdpTask.Wire.SINGLE ? SinglyIo::new : UnaryOperator.identity();
            UdpPublisher publisher = UdpPublisher.open(address(place), POLICY, Environment.system(), around).start();
            opened.add(publisher::close);
            return new Sender(publisher);
        }

        @Override
        public Receiving subscribe(Place place) {
            UnaryOperator<DatagramIo> around = task.wire() == UdpTask.Wire.LOSSY
                    ? io -> new LossyIo(io, LOST_SHARE, LOSS_SEED)
                    : UnaryOperator.identity();
            UdpSubscriber subscriber = UdpSubscriber.open(address(place), Environment.system(), around);
            opened.add(subscriber::close);
            subscribers.add(subscriber);
            return new Receiver(subscriber);
        }

        @Override
        public void work() {
            subscribers.forEach(subscriber -> receive(subscriber, 0));
        }

        @Override
        public void close() {
            opened.forEach(Opened::close);
        }
    }

    private static void receive(UdpSubscriber subscriber, long waitNs) {
        try {
            subscriber.doWork(waitNs);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Sender implements Sending {

        private final UdpPublisher publisher;
        private final UdpAppender appender;

        Sender(UdpPublisher publisher) {
            this.publisher = publisher;
            this.appender = publisher.appender(TOPIC);
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            return isTaken(appender.publish(bytes, from, length));
        }

        @Override
        public void flush() {
            while (!isTaken(appender.flush())) {
                work();
            }
        }

        private static boolean isTaken(PublishResult result) {
            if (result != PublishResult.ACCEPTED && result != PublishResult.BACK_PRESSURED) {
                throw new IllegalStateException("publish answered " + result);
            }
            return result == PublishResult.ACCEPTED;
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

    private static final class Receiver implements Receiving, DataHandler {

        private static final int POLLS_BEFORE_WAITING = 100;

        private final UdpSubscriber subscriber;
        private ReceivedEvents into = new ReceivedEvents(1);
        private int handled;
        private int emptyPolls;

        Receiver(UdpSubscriber subscriber) {
            this.subscriber = subscriber;
            subscriber.subscribeDirect(Interest.inAll(), this);
        }

        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) {
            ReceivedEvents events = into;
            int length = data.remaining();
            int at = events.place(length);
            data.get(events.block(), at, length);
            handled++;
        }

        @Override
        public void onEvent(Delivery delivery) {
            throw new IllegalStateException("an event with more than bytes: " + delivery.event());
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            into = events;
            handled = 0;
            boolean mayWait = waitNs > 0 && emptyPolls >= POLLS_BEFORE_WAITING;
            receive(subscriber, mayWait ? waitNs : 0);
            if (handled > 0) {
                emptyPolls = 0;
            } else if (waitNs > 0 && !mayWait) {
                // To be woken for each datagram costs more than what it carries.
                emptyPolls++;
                Thread.yield();
            }
            return handled;
        }
    }
}
