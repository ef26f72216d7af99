package io.heliograph.bench;

import io.heliograph.Delivery;
import io.heliograph.Event;
import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.PublishResult;
import io.heliograph.Publisher;
import io.heliograph.Requester;
import io.heliograph.Responder;
import io.heliograph.Subscriber;
import io.heliograph.Subscription;
import io.heliograph.flow.FlowPolicy;
import io.heliograph.ledger.SubscriberSums;
import io.heliograph.zmq.DataHandler;
import io.heliograph.zmq.ZmqSubscriber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;

/**
 * Heliograph over ZeroMQ, between own peers: pressing back, events published one by one from the caller's bytes and handled
 * where they lie, on the subscriber's own thread.
 */
final class ZmqHeliographSide implements ZmqSide {

    private static final String TOPIC = "bench";
    private static final FlowPolicy POLICY = FlowPolicy.parse("backpressure:100000,64MiB,wait=5s");
    private static final FlowPolicy WEAKER = FlowPolicy.parse("drop-oldest:10000");
    private static final Duration PATIENCE = Duration.ofNanos(Loops.PATIENCE_NS);

    private final ZmqTask task;

    ZmqHeliographSide(ZmqTask task) {
        this.task = task;
    }

    @Override
    public Place place() throws IOException {
        return Place.tcp();
    }

    private String address(Place place) {
        return "zmq://" + place.text() + "?own-port=" + place.ownPort()
                + switch (task.packing()) {
                    case SINGLE -> "&frame=1B";
                    case PACKED -> "";
                };
    }

    @Override
    public Node node() {
        return new HeliographNode();
    }

    @Override
    public void close() {
    }

    private final class HeliographNode implements Node {

        private final List<Opened> opened = new ArrayList<>();

        @Override
        public Sending publish(Place place) {
            Publisher publisher = Heliograph.publisher(address(place), POLICY);
            opened.add(publisher::close);
            for (int i = 0; i < task.stalled(); i++) {
                opened.addFirst(new Stalled(address(place)));
            }
            return new Sender(publisher, task.stalled());
        }

        @Override
        public Receiving subscribe(Place place) {
            var subscriber = (ZmqSubscriber) Heliograph.subscriber(address(place));
            opened.add(subscriber::close);
            return new Receiver(subscriber);
        }

        @Override
        public void work() {
        }

        @Override
        public void close() {
            opened.forEach(Opened::close);
        }
    }

    /** A subscriber that hangs in its handler, until it is closed: events may be dropped for it. */
    private static final class Stalled implements Opened {

        private final CountDownLatch release = new CountDownLatch(1);
        private final Subscriber subscriber;
        private final Subscription subscription;

        Stalled(String address) {
            subscriber = Heliograph.subscriber(address);
            subscription = subscriber.subscribe(Interest.inAll().withPolicy(WEAKER), delivery -> release.await());
        }

        /** @throws IllegalStateException if it has lost nothing, or not everything is accounted for */
        @Override
        public void close() {
            SubscriberSums sums = subscription.sums();
            release.countDown();
            subscriber.close();
            if (sums.delivered() > 0 || sums.lostTotal() == 0 || sums.difference() != 0) {
                throw new IllegalStateException("a subscriber that hangs should be delivered nothing, lose events and account for them: " + sums);
            }
        }
    }

    private static final class Sender implements Sending {

        private final Publisher publisher;
        private final int stalled;

        Sender(Publisher publisher, int stalled) {
            this.publisher = publisher;
            this.stalled = stalled;
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            PublishResult result = publisher.publish(TOPIC, bytes, from, length);
            if (result != PublishResult.ACCEPTED && result != PublishResult.BACK_PRESSURED) {
                throw new IllegalStateException("publish answered " + result);
            }
            return result == PublishResult.ACCEPTED;
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
            return publisher.subscribers() >= subscribers + stalled;
        }
    }

    /** Events come on the subscriber's own thread, which waits until it is known where they belong. */
    private static final class Receiver implements Receiving, DataHandler {

        private final CountDownLatch isKnown = new CountDownLatch(1);
        private ReceivedEvents into = new ReceivedEvents(1);
        private boolean isReady;

        Receiver(ZmqSubscriber subscriber) {
            subscriber.subscribeDirect(Interest.inAll(), this);
        }

        @Override
        public void onData(String topic, ByteBuffer data, long session, long sequence) throws InterruptedException {
            if (!isReady) {
                isKnown.await();
                isReady = true;
            }
            ReceivedEvents events = into;
            int length = data.remaining();
            int at = events.place(length);
            data.get(events.block(), at, length);
            events.tell();
        }

        @Override
        public void onEvent(Delivery delivery) {
            throw new IllegalStateException("an event with more than bytes: " + delivery.event());
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            throw new UnsupportedOperationException("events come on the subscriber's own thread: run it");
        }

        @Override
        public void run(ReceivedEvents events, BooleanSupplier isOver) {
            into = events;
            isKnown.countDown();
        }
    }

    @Override
    public Dialogue dialogue(Place place) {
        String address = address(place) + "&pattern=request-reply";
        Responder responder = Heliograph.responder(address, request -> request);
        Requester requester = Heliograph.requester(address);
        return new Dialogue() {
            @Override
            public void ask(byte[] bytes, int from, int length, ReceivedEvents answers) {
                byte[] question = new byte[length];
                System.arraycopy(bytes, from, question, 0, length);
                Event answer = await(requester, Event.of(TOPIC, question));
                int at = answers.place(answer.dataLength());
                answer.data().get(answers.block(), at, length);
            }

            @Override
            public boolean answer() {
                return false;
            }

            @Override
            public void close() {
                requester.close();
                responder.close();
            }
        };
    }

    private static Event await(Requester requester, Event question) {
        try {
            return requester.request(question, PATIENCE).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("no answer", e.getCause());
        }
    }
}
