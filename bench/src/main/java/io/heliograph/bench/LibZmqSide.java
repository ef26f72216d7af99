package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * libzmq, called from Java: a publisher that waits where a subscriber's queue is full (XPUB_NODROP), so that it loses nothing,
 * and subscribers. A call costs some 10 ns and a copy of the bytes between Java's memory and the library's, once on each
 * side.
 */
final class LibZmqSide implements ZmqSide {

    private static final int WAIT_MS = 10;
    private static final int MESSAGES_AT_ONCE = 256;

    private final ZmqTask task;
    private final LibZmq.Context context;

    /** @throws MeasurementFailed where the library is not installed */
    LibZmqSide(ZmqTask task) throws MeasurementFailed {
        this.task = task;
        this.context = LibZmq.load().new Context();
    }

    @Override
    public Place place() throws IOException {
        return Place.tcp();
    }

    @Override
    public Node node() {
        return new LibZmqNode();
    }

    @Override
    public void close() {
        context.close();
    }

    private LibZmq.Socket open(int type, int waitMs) {
        // A byte more than events have, so that none that is too long passes for one.
        return context.socket(type, task.eventBytes() + 1, waitMs);
    }

    private final class LibZmqNode implements Node {

        private final List<LibZmq.Socket> opened = new ArrayList<>();

        @Override
        public Sending publish(Place place) {
            LibZmq.Socket socket = open(LibZmq.XPUB, WAIT_MS);
            opened.add(socket);
            socket.losesNothing();
            socket.bind("tcp://" + place.text());
            return new Sender(socket);
        }

        @Override
        public Receiving subscribe(Place place) {
            LibZmq.Socket socket = open(LibZmq.SUB, WAIT_MS);
            opened.add(socket);
            socket.connect("tcp://" + place.text());
            socket.subscribe();
            return new Receiver(socket);
        }

        @Override
        public void work() {
        }

        @Override
        public void close() {
            opened.forEach(LibZmq.Socket::close);
        }
    }

    private static final class Sender implements Sending {

        private final LibZmq.Socket socket;
        private final byte[] told = new byte[1];
        private int subscriptions;

        Sender(LibZmq.Socket socket) {
            this.socket = socket;
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            return socket.send(bytes, from, length) != LibZmq.WOULD_WAIT;
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
            while (socket.receive(LibZmq.DONT_WAIT) != LibZmq.WOULD_WAIT) {
                socket.copy(told, 0, 1);
                subscriptions += told[0] == 1 ? 1 : -1;
            }
            return subscriptions >= subscribers;
        }
    }

    private static final class Receiver implements Receiving {

        private final LibZmq.Socket socket;

        Receiver(LibZmq.Socket socket) {
            this.socket = socket;
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            int handled = 0;
            // The first waits, as long as the socket's timeout says.
            for (int flags = waitNs > 0 ? 0 : LibZmq.DONT_WAIT; handled < MESSAGES_AT_ONCE; flags = LibZmq.DONT_WAIT) {
                int bytes = socket.receive(flags);
                if (bytes == LibZmq.WOULD_WAIT) {
                    break;
                }
                place(socket, bytes, events);
                handled++;
            }
            return handled;
        }
    }

    private static void place(LibZmq.Socket from, int bytes, ReceivedEvents events) {
        int at = events.place(bytes);
        from.copy(events.block(), at, bytes);
    }

    @Override
    public Dialogue dialogue(Place place) {
        LibZmq.Socket answering = open(LibZmq.REP, WAIT_MS);
        answering.bind("tcp://" + place.text());
        LibZmq.Socket asking = open(LibZmq.REQ, Math.toIntExact(Loops.PATIENCE_NS / 1_000_000));
        asking.connect("tcp://" + place.text());
        byte[] question = new byte[task.eventBytes()];
        return new Dialogue() {
            @Override
            public void ask(byte[] bytes, int from, int length, ReceivedEvents answers) {
                asking.send(bytes, from, length);
                int received = asking.receive(0);
                if (received == LibZmq.WOULD_WAIT) {
                    throw new IllegalStateException("no answer in time");
                }
                place(asking, received, answers);
            }

            @Override
            public boolean answer() {
                int received = answering.receive(0);
                if (received != LibZmq.WOULD_WAIT) {
                    answering.copy(question, 0, received);
                    answering.send(question, 0, received);
                }
                return true;
            }

            @Override
            public void close() {
                asking.close();
                answering.close();
            }
        };
    }
}
