package io.heliograph.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/**
 * JeroMQ as it is: a publisher that waits where a subscriber's queue is full (XPUB_NODROP), so that it loses nothing, and
 * subscribers that take each message as JeroMQ made it. An XPUB instead of a PUB, since that one is told who subscribes.
 */
final class JeroMqSide implements ZmqSide {

    private static final int WAIT_MS = 10;
    private static final int MESSAGES_AT_ONCE = 256;

    private final ZContext context = new ZContext(1);

    @Override
    public Place place() throws IOException {
        return Place.tcp();
    }

    @Override
    public Node node() {
        return new JeroMqNode();
    }

    @Override
    public void close() {
        context.close();
    }

    private ZMQ.Socket open(SocketType type) {
        ZMQ.Socket socket = context.createSocket(type);
        socket.setReceiveTimeOut(WAIT_MS);
        socket.setSendTimeOut(WAIT_MS);
        socket.setLinger(0);
        return socket;
    }

    private final class JeroMqNode implements Node {

        private final List<ZMQ.Socket> opened = new ArrayList<>();

        @Override
        public Sending publish(Place place) {
            ZMQ.Socket socket = open(SocketType.XPUB);
            opened.add(socket);
            socket.setXpubNoDrop(true);
            // Otherwise only the first of several like subscriptions is told.
            socket.setXpubVerbose(true);
            socket.bind("tcp://" + place.text());
            return new Sender(socket);
        }

        @Override
        public Receiving subscribe(Place place) {
            ZMQ.Socket socket = open(SocketType.SUB);
            opened.add(socket);
            socket.connect("tcp://" + place.text());
            socket.subscribe(ZMQ.SUBSCRIPTION_ALL);
            return new Receiver(socket);
        }

        @Override
        public void work() {
        }

        @Override
        public void close() {
            opened.forEach(ZMQ.Socket::close);
        }
    }

    private static final class Sender implements Sending {

        private final ZMQ.Socket socket;
        private int subscriptions;

        Sender(ZMQ.Socket socket) {
            this.socket = socket;
        }

        @Override
        public boolean offer(byte[] bytes, int from, int length) {
            return socket.send(bytes, from, length, 0);
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
            for (byte[] told = socket.recv(ZMQ.DONTWAIT); told != null; told = socket.recv(ZMQ.DONTWAIT)) {
                subscriptions += told[0] == 1 ? 1 : -1;
            }
            return subscriptions >= subscribers;
        }
    }

    private static final class Receiver implements Receiving {

        private final SocketBase socket;

        Receiver(ZMQ.Socket socket) {
            this.socket = socket.base();
        }

        @Override
        public int poll(ReceivedEvents events, long waitNs) {
            int handled = 0;
            // The first waits, as long as the socket's timeout says.
            for (int flags = waitNs > 0 ? 0 : ZMQ.DONTWAIT; handled < MESSAGES_AT_ONCE; flags = ZMQ.DONTWAIT) {
                Msg message = socket.recv(flags);
                if (message == null) {
                    break;
                }
                place(message, events);
                handled++;
            }
            return handled;
        }
    }

    private static void place(Msg message, ReceivedEvents events) {
        int at = events.place(message.size());
        message.getBytes(0, events.block(), at, message.size());
    }

    @Override
    public Dialogue dialogue(Place place) {
        ZMQ.Socket answering = open(SocketType.REP);
        answering.bind("tcp://" + place.text());
        ZMQ.Socket asking = open(SocketType.REQ);
        asking.setReceiveTimeOut(Math.toIntExact(Loops.PATIENCE_NS / 1_000_000));
        asking.connect("tcp://" + place.text());
        return new Dialogue() {
            @Override
            public void ask(byte[] bytes, int from, int length, ReceivedEvents answers) {
                asking.send(bytes, from, length, 0);
                Msg answer = asking.base().recv(0);
                if (answer == null) {
                    throw new IllegalStateException("no answer in time");
                }
                place(answer, answers);
            }

            @Override
            public boolean answer() {
                byte[] question = answering.recv();
                if (question != null) {
                    answering.send(question);
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
