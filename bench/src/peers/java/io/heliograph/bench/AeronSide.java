package io.heliograph.bench;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.Publication;
import io.aeron.Subscription;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aeron.driver.ext.DebugReceiveChannelEndpoint;
import io.aeron.driver.ext.RandomLossGenerator;
import io.aeron.logbuffer.FragmentHandler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.agrona.CloseHelper;
import org.agrona.concurrent.BackoffIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.YieldingIdleStrategy;

/**
 * Aeron, set up for speed as its authors advise: exclusive publications, logs in memory that is touched beforehand, 4 MiB
 * of socket buffers and a window of 2 MiB, so that it need not wait for status messages.
 *
 * <p>With the driver's threads in modes SHARED and DEDICATED, one embedded driver serves the whole process, but a driver
 * for each where there are several subscribers, as if they were processes. In mode INVOKER each of the application's
 * threads runs a driver of its own, which is faster than one driver run by one of them.
 */
final class AeronSide implements UdpSide {

    private static final int STREAM = 77;
    private static final int TERM_BYTES = 16 << 20;
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;
    private static final int WINDOW_BYTES = 2 << 20;
    private static final double LOST_SHARE = 0.01;
    private static final long LOSS_SEED = 20_261;

    private final UdpTask task;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private Optional<Embedded> shared = Optional.empty();

    AeronSide(UdpTask task) {
        this.task = task;
    }

    @Override
    public Place place() throws IOException {
        return Place.udp(task.subscribers());
    }

    @Override
    public Node node() {
        ThreadingMode mode = ThreadingMode.valueOf(task.mode());
        boolean isInvoked = mode == ThreadingMode.INVOKER;
        if (task.subscribers() > 1 || isInvoked) {
            return new AeronNode(task, new Embedded(task, mode, YieldingIdleStrategy.INSTANCE), true, isInvoked);
        }
        if (shared.isEmpty()) {
            shared = Optional.of(new Embedded(task, mode, YieldingIdleStrategy.INSTANCE));
        }
        return new AeronNode(task, shared.get(), false, false);
    }

    @Override
    public Opened idle(Place place) {
        UdpTask nothing = UdpTask.rate(32, 1408);
        var driver = new Embedded(nothing, ThreadingMode.SHARED, new BackoffIdleStrategy());
        var node = new AeronNode(nothing, driver, true, false);
        node.subscribe(place);
        node.publish(place);
        return node;
    }

    @Override
    public void close() {
        shared.ifPresent(Embedded::close);
    }

    /** What a process has of Aeron: a driver and a client. */
    private static final class Embedded {

        private final MediaDriver driver;
        private final Aeron aeron;

        Embedded(UdpTask task, ThreadingMode mode, IdleStrategy idleStrategy) {
            boolean isInvoked = mode == ThreadingMode.INVOKER;
            var driverContext = new MediaDriver.Context()
                    .aeronDirectoryName(MediaDriver.Context.getAeronDirectoryName() + "-bench-" + UUID.randomUUID())
                    .dirDeleteOnStart(true)
                    .dirDeleteOnShutdown(true)
                    .threadingMode(mode)
                    .sharedIdleStrategy(idleStrategy)
                    .senderIdleStrategy(idleStrategy)
                    .receiverIdleStrategy(idleStrategy)
                    .conductorIdleStrategy(new BackoffIdleStrategy())
                    .termBufferSparseFile(false)
                    .publicationTermBufferLength(TERM_BYTES)
                    .socketRcvbufLength(SOCKET_BUFFER_BYTES)
                    .socketSndbufLength(SOCKET_BUFFER_BYTES)
                    .initialWindowLength(WINDOW_BYTES)
                    .mtuLength(task.datagramBytes());
            if (task.wire() == UdpTask.Wire.LOSSY) {
                driverContext.receiveChannelEndpointSupplier((channel, dispatcher, status, context) ->
                        new DebugReceiveChannelEndpoint(channel, dispatcher, status, context,
                                new RandomLossGenerator(LOST_SHARE, LOSS_SEED), (address, buffer, length) -> false));
            }
            driver = MediaDriver.launchEmbedded(driverContext);
            var context = new Aeron.Context().aeronDirectoryName(driver.aeronDirectoryName());
            if (isInvoked) {
                context.useConductorAgentInvoker(true).driverAgentInvoker(driver.sharedAgentInvoker());
            }
            aeron = Aeron.connect(context);
        }

        /** Runs what the driver and the client have to do, where no thread of theirs does. */
        int invoke() {
            return driver.sharedAgentInvoker().invoke() + aeron.conductorAgentInvoker().invoke();
        }

        void close() {
            CloseHelper.closeAll(aeron, driver);
        }
    }

    private final class AeronNode implements Node {

        private final UdpTask task;
        private final Embedded driver;
        private final boolean isOwner;
        private final boolean isInvoking;
        private final List<AutoCloseable> opened = new ArrayList<>();

        AeronNode(UdpTask task, Embedded driver, boolean isOwner, boolean isInvoking) {
            this.task = task;
            this.driver = driver;
            this.isOwner = isOwner;
            this.isInvoking = isInvoking;
        }

        private static String channel(Place place) {
            return "aeron:udp?endpoint=" + place.text() + (place.isGroup() ? "|interface=127.0.0.1" : "");
        }

        @Override
        public Sending publish(Place place) {
            String channel = channel(place) + (place.isGroup() ? "|fc=min,g:/" + task.subscribers() : "");
            ExclusivePublication publication = driver.aeron.addExclusivePublication(channel, STREAM);
            opened.add(publication);
            return new Sender(place, publication, driver, isInvoking, task);
        }

        @Override
        public Receiving subscribe(Place place) {
            Subscription subscription = driver.aeron.addSubscription(channel(place), STREAM);
            opened.add(subscription);
            subscriptions.add(subscription);
            return new Receiver(subscription, driver, isInvoking);
        }

        @Override
        public void work() {
            if (isInvoking) {
                driver.invoke();
            }
        }

        @Override
        public void close() {
            CloseHelper.closeAll(opened);
            if (isOwner) {
                driver.close();
            }
        }
    }

    private final class Sender implements Sending {

        private static final int HEADER_BYTES = 32;
        private static final int ALIGNMENT = 32;

        private final Place place;
        private final ExclusivePublication publication;
        private final Embedded driver;
        private final boolean isInvoking;
        private final int eventsPerDatagram;
        private final UnsafeBuffer buffer = new UnsafeBuffer(new byte[1]);
        private int sinceInvoked;

        Sender(Place place, ExclusivePublication publication, Embedded driver, boolean isInvoking, UdpTask task) {
            this.place = place;
            this.publication = publication;
            this.driver = driver;
            this.isInvoking = isInvoking;
            int frame = HEADER_BYTES + task.eventBytes() + ALIGNMENT - 1 & -ALIGNMENT;
            eventsPerDatagram = Math.max(1, task.datagramBytes() / frame);
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            if (buffer.byteArray() != bytes) {
                buffer.wrap(bytes);
            }
            // A driver on this thread sends one datagram each time it is run.
            if (isInvoking && ++sinceInvoked >= eventsPerDatagram) {
                sinceInvoked = 0;
                driver.invoke();
            }
            long result = publication.offer(buffer, from, length);
            if (result == Publication.CLOSED || result == Publication.MAX_POSITION_EXCEEDED) {
                throw new IllegalStateException("offer answered " + Publication.errorString(result));
            }
            return result > 0;
        }

        @Override
        public void flush() {
            if (isInvoking) {
                driver.invoke();
            }
        }

        @Override
        public void work() {
            if (!isInvoking || driver.invoke() == 0) {
                Thread.yield();
            }
        }

        @Override
        public boolean isHeardBy(int count) {
            return publication.isConnected() && subscriptions.stream()
                    .filter(subscription -> subscription.isConnected() && subscription.channel().contains(place.text()))
                    .count() >= count;
        }
    }

    private static final class Receiver implements Receiving {

        private static final int FRAGMENTS_AT_ONCE = 256;

        private final Subscription subscription;
        private final Embedded driver;
        private final boolean isInvoking;
        private ReceivedEvents into = new ReceivedEvents(1);
        private final FragmentHandler handler;

        Receiver(Subscription subscription, Embedded driver, boolean isInvoking) {
            this.subscription = subscription;
            this.driver = driver;
            this.isInvoking = isInvoking;
            handler = (buffer, offset, length, header) -> {
                ReceivedEvents events = into;
                int at = events.place(length);
                buffer.getBytes(offset, events.block(), at, length);
            };
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            into = events;
            int worked = isInvoking ? driver.invoke() : 0;
            int fragments = subscription.poll(handler, FRAGMENTS_AT_ONCE);
            if (fragments == 0 && worked == 0 && waitNs > 0) {
                Thread.yield();
            }
            return fragments;
        }
    }
}
