package io.heliograph.zmq;

import java.nio.channels.SelectableChannel;
import java.util.Arrays;
import org.zeromq.ZMQ;
import zmq.Msg;
import zmq.SocketBase;

/** The socket at which foreign subscribers are met. Confined to the thread that owns it. */
final class PlainOutlet {

    private static final byte SUBSCRIBE = 1;
    private static final byte UNSUBSCRIBE = 0;

    /** Hears of subscriptions. */
    interface Listener {

        /** Somebody asks for what begins with {@code prefix}. */
        void onSubscribe(byte[] prefix);

        /** The last one that asked for {@code prefix} does so no more. */
        void onUnsubscribe(byte[] prefix);

        /** Something came that is no subscription. */
        void onGarbage();
    }

    private final ZMQ.Socket socket;
    private final SocketBase base;
    private boolean isLossy;

    /** @param socket an XPUB that says when somebody's queue is full */
    PlainOutlet(ZMQ.Socket socket) {
        this.socket = socket;
        this.base = socket.base();
    }

    /** Tells {@code listener} what has arrived, at most {@code limit} messages; says how many. */
    int receive(Listener listener, int limit) {
        int received = 0;
        while (received < limit) {
            Msg message = base.recv(zmq.ZMQ.ZMQ_DONTWAIT);
            if (message == null) {
                break;
            }
            received++;
            byte[] data = message.data();
            if (message.hasMore()) {
                DealerSocket.skipParts(base);
                listener.onGarbage();
            } else if (data.length > 0 && data[0] == SUBSCRIBE) {
                listener.onSubscribe(Arrays.copyOfRange(data, 1, data.length));
            } else if (data.length > 0 && data[0] == UNSUBSCRIBE) {
                listener.onUnsubscribe(Arrays.copyOfRange(data, 1, data.length));
            } else {
                listener.onGarbage();
            }
        }
        return received;
    }

    /** Whoever's queue is full loses what follows, and nobody is told: so that the others get on. */
    void beLossy(boolean isWanted) {
        if (isLossy != isWanted) {
            isLossy = isWanted;
            socket.setXpubNoDrop(!isWanted);
        }
    }

    /** Sends without waiting; says {@code false} if the queue of somebody who wants it is full. */
    boolean send(PlainMessage message) {
        if (!base.send(new Msg(message.topic()), zmq.ZMQ.ZMQ_DONTWAIT | zmq.ZMQ.ZMQ_SNDMORE)) {
            return false;
        }
        boolean hasHeader = message.header().length > 0;
        base.send(new Msg(message.data()), zmq.ZMQ.ZMQ_DONTWAIT | (hasHeader ? zmq.ZMQ.ZMQ_SNDMORE : 0));
        if (hasHeader) {
            base.send(new Msg(message.header()), zmq.ZMQ.ZMQ_DONTWAIT);
        }
        return true;
    }

    /** Connects to foreign subscribers that wait at {@code endpoint}, again whenever the connection is lost. */
    void connect(ZmqEndpoint endpoint) {
        socket.connect(endpoint.plain().orElseThrow());
    }

    /** Connects there no longer. */
    void disconnect(ZmqEndpoint endpoint) {
        socket.disconnect(endpoint.plain().orElseThrow());
    }

    SelectableChannel channel() {
        return socket.getFD();
    }

    /** Closes it; what it still holds is sent for a while. */
    void close() {
        socket.close();
    }
}
