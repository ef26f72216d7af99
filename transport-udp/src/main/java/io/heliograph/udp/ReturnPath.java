package io.heliograph.udp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/**
 * The way back to one session's publisher: by it leave a subscriber's reports and requests for repair, with the cookie that
 * proves where it is, sealed where there is a key. Guarded by the subscriber's lock; allocates nothing.
 */
final class ReturnPath {

    private final DatagramIo io;
    private final long session;
    private final InetSocketAddress publisher;
    private final Credentials credentials;
    private final byte[] name;
    private final UdpCounters.Tally tally;
    private final ControlWriter control = new ControlWriter();
    private long cookie;
    private boolean isRequestBegun;

    /**
     * @param publisher   where the session is sent from
     * @param credentials who this subscriber is to the publisher
     * @param name        what it calls itself
     */
    ReturnPath(DatagramIo io, long session, InetSocketAddress publisher, Credentials credentials, byte[] name,
            UdpCounters.Tally tally) {
        this.io = io;
        this.session = session;
        this.publisher = publisher;
        this.credentials = credentials;
        this.name = name;
        this.tally = tally;
    }

    long session() {
        return session;
    }

    /** Where the session is sent from. */
    InetSocketAddress publisher() {
        return publisher;
    }

    Credentials credentials() {
        return credentials;
    }

    /** The publisher has answered: whoever says {@code told} is believed. */
    void prove(long told) {
        cookie = told;
    }

    /** Whether the publisher has answered, so that it hears what is sent by here. */
    boolean isProven() {
        return cookie != 0;
    }

    void report(ControlWriter.Report report, ControlWriter.Echo echo, int flags) {
        send(control.status(session, credentials.receiverId(), cookie, report, echo, name, flags));
    }

    /**
     * Asks for {@code count} datagrams from {@code from} on, in a request that leaves when it is full, or with
     * {@link #endRequest}.
     *
     * @param arrived how many datagrams of the session are here or given up
     */
    void request(long from, int count, long arrived) {
        if (!isRequestBegun) {
            control.beginNak(credentials.receiverId(), cookie);
            isRequestBegun = true;
        }
        control.range(from, count);
        if (!control.hasPlaceForRange()) {
            endRequest(arrived);
        }
    }

    /** Sends the request that has been begun, if there is one. */
    void endRequest(long arrived) {
        if (isRequestBegun) {
            isRequestBegun = false;
            tally.requests++;
            send(control.endNak(session, arrived));
        }
    }

    private void send(ByteBuffer datagram) {
        try {
            if (!io.send(credentials.sealed(datagram), publisher)) {
                tally.sendFailures++;
            }
        } catch (IOException e) {
            tally.sendFailures++;
        }
    }
}
