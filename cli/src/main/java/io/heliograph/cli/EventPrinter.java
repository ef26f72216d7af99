package io.heliograph.cli;

import io.heliograph.Delivery;
import io.heliograph.EventHandler;
import io.heliograph.Subscription;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The handler of {@code sub}: writes each event as a line, flushes when nothing more waits, and leaves when it has
 * enough. Its events come on the subscription's thread; any thread may end it.
 */
final class EventPrinter implements EventHandler {

    /** Why there is nothing more to print. */
    enum End {
        /** As many as were wanted. */
        COUNT_REACHED,
        /** Nobody reads the output any more. */
        READER_GONE,
        /** The output cannot be written: a full disk. */
        OUTPUT_FAILED,
        /** The address is dead. */
        TRANSPORT_FAILED
    }

    private static final int BUFFER_BYTES = 64 << 10;

    private final BufferedOutputStream out;
    private final LineFormat format;
    private final Optional<Long> most;
    private final CompletableFuture<Subscription> subscription = new CompletableFuture<>();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    /** Held while the output is used, which may take for ever: whoever must not wait tries. */
    private final ReentrantLock writing = new ReentrantLock();
    private volatile String failure = "";
    private long printed;

    EventPrinter(OutputStream out, LineFormat format, Optional<Long> most) {
        this.out = new BufferedOutputStream(out, BUFFER_BYTES);
        this.format = format;
        this.most = most;
    }

    /** Whose events these are; the first event waits for it. */
    void serve(Subscription opened) {
        subscription.complete(opened);
    }

    /** Completes when there is nothing more to print. */
    CompletableFuture<End> ended() {
        return end;
    }

    /** What the output said when it failed. */
    String failure() {
        return failure;
    }

    void end(End why) {
        end.complete(why);
    }

    @Override
    public void onEvent(Delivery delivery) throws IOException {
        Subscription mine = subscription.join();
        boolean isLast = most.isPresent() && printed + 1 >= most.get();
        byte[] line = format.line(delivery);
        writing.lock();
        try {
            out.write(line);
            out.write('\n');
            // What is in flight is this event and those that wait behind it.
            if (isLast || mine.sums().inFlight() <= 1) {
                out.flush();
            }
        } catch (IOException e) {
            fail(e);
            mine.close();
            throw e;
        } finally {
            writing.unlock();
        }
        printed++;
        if (isLast) {
            end(End.COUNT_REACHED);
            mine.close();
        }
    }

    /** Writes what is left, once the subscription is closed; unless its reader takes nothing and may never do so. */
    void flush() {
        if (!writing.tryLock()) {
            return;
        }
        try {
            out.flush();
        } catch (IOException e) {
            fail(e);
        } finally {
            writing.unlock();
        }
    }

    private void fail(IOException e) {
        failure = String.valueOf(e.getMessage());
        end(Console.isReaderGone(e) ? End.READER_GONE : End.OUTPUT_FAILED);
    }
}
