package io.heliograph.zmq;

import java.nio.channels.SelectableChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.zeromq.ZMQ;

/**
 * Answers ZeroMQ's questions whether a key is listed (ZAP, RFC 27), at {@code inproc://zeromq.zap.01} of one context. Without
 * it JeroMQ lets in every key. Confined to the thread that owns the socket.
 *
 * <pre>
 *   asked   version | request | domain | address | name | mechanism | key, 32 bytes
 *   told    version | request | 200 or 400 | why | user | properties
 * </pre>
 */
final class KeyDesk {

    static final String ENDPOINT = "inproc://zeromq.zap.01";

    private static final String VERSION = "1.0";
    private static final int DOMAIN = 2;
    private static final int ADDRESS = 3;
    private static final int MECHANISM = 5;
    private static final int KEY = 6;
    private static final int ANSWERS_PER_TURN = 64;

    private final ZMQ.Socket socket;
    private final CurveAllowed allowed;
    private final ZmqRefusals refusals;

    /** @param socket a REP, bound here */
    KeyDesk(ZMQ.Socket socket, CurveAllowed allowed, ZmqRefusals refusals) {
        this.socket = socket;
        this.allowed = allowed;
        this.refusals = refusals;
        socket.bind(ENDPOINT);
    }

    SelectableChannel channel() {
        return socket.getFD();
    }

    /** Answers what is asked, and vouches to the gates for who is let in; says whether anything was asked. */
    boolean answer(List<Gate> gates) {
        int answered = 0;
        while (answered < ANSWERS_PER_TURN) {
            byte[] first = socket.recv(ZMQ.DONTWAIT);
            if (first == null) {
                break;
            }
            answered++;
            var asked = new ArrayList<byte[]>();
            asked.add(first);
            while (socket.hasReceiveMore()) {
                asked.add(socket.recv());
            }
            boolean isAllowed = isAllowed(asked);
            if (isAllowed) {
                String host = text(asked.get(ADDRESS));
                String domain = text(asked.get(DOMAIN));
                gates.stream().filter(gate -> gate.name().equals(domain)).forEach(gate -> gate.vouch(host));
            } else {
                refusals.count(ZmqRefusal.KEY);
            }
            tell(asked.size() > 1 ? asked.get(1) : new byte[0], isAllowed);
        }
        return answered > 0;
    }

    private boolean isAllowed(List<byte[]> asked) {
        return asked.size() == KEY + 1 && text(asked.getFirst()).equals(VERSION) && text(asked.get(MECHANISM)).equals("CURVE")
                && allowed.allows(asked.get(KEY));
    }

    private void tell(byte[] request, boolean isAllowed) {
        socket.sendMore(VERSION);
        socket.sendMore(request);
        socket.sendMore(isAllowed ? "200" : "400");
        socket.sendMore(isAllowed ? "OK" : "not listed");
        socket.sendMore("");
        socket.send("");
    }

    private static String text(byte[] ascii) {
        return new String(ascii, StandardCharsets.US_ASCII);
    }

    void close() {
        socket.close();
    }
}
