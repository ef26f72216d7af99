package io.heliograph.zmq;

/**
 * What ZeroMQ tells of one socket's attempts to connect. Written by ZeroMQ's thread, read by the one that owns the socket:
 * thread-safe.
 */
final class ConnectionWatch {

    /** Connections that were accepted and lost before a word was said: JeroMQ's greetings do not always get through. */
    private static final int MOST_STALLS = 3;

    private final Runnable onChange;
    private int stalls;
    private boolean isConnected;
    private volatile boolean isGreeted;
    private volatile boolean isRefused;

    /** @param onChange run on ZeroMQ's thread */
    ConnectionWatch(Runnable onChange) {
        this.onChange = onChange;
    }

    void onConnected() {
        isConnected = true;
    }

    void onGreeted() {
        isGreeted = true;
        onChange.run();
    }

    /** The attempt has failed, or the connection is lost; another attempt follows. */
    void onRetried() {
        stalls += isConnected ? 1 : 0;
        isRefused |= !isConnected || stalls > MOST_STALLS;
        isConnected = false;
        isGreeted = false;
        onChange.run();
    }

    /** Whether ZeroMQ's own greetings are exchanged, on the connection that there is now. */
    boolean isGreeted() {
        return isGreeted;
    }

    /** Whether nobody took the connection, at least once. */
    boolean isRefused() {
        return isRefused;
    }
}
