package io.heliograph.store;

import io.heliograph.AddressInUseException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Holds something for this process alone: a locked file whose text is the process's id. The operating system lets go of the
 * lock when the process ends, however it ends, so the text alone, left by a killed one, locks nobody out. Thread-safe.
 */
public final class ProcessLock implements AutoCloseable {

    /**
     * What this process holds. A process has a file's lock once, and loses it when any channel to that file is closed, so a file
     * that is held here must not even be opened a second time.
     */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    /** Far behind the text, which others may read where locked bytes cannot be read. */
    private static final long LOCKED_BYTE = Long.MAX_VALUE - 1;

    private final Path file;
    private final FileChannel channel;

    private ProcessLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Takes the lock.
     *
     * @param file made where it is missing, in a folder that exists
     * @param what that which is locked, for the message
     * @throws AddressInUseException if this or another process has it; the message says which
     * @throws StoreException        if the file cannot be written
     */
    public static ProcessLock take(Path file, String what) {
        try {
            Path real = real(file);
            if (!HELD.add(real)) {
                throw inUse(what, String.valueOf(ProcessHandle.current().pid()));
            }
            try {
                return new ProcessLock(real, locked(real, what));
            } catch (IOException | RuntimeException e) {
                HELD.remove(real);
                throw e;
            }
        } catch (IOException e) {
            throw new StoreException(what + ": its lock " + file + " cannot be written", e);
        }
    }

    /** By a name that leads through no link, so that the same file is the same path. */
    private static Path real(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IOException("not a file in a folder");
        }
        return folder.toRealPath().resolve(file.getFileName());
    }

    private static FileChannel locked(Path file, String what) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock(LOCKED_BYTE, 1, false);
            if (lock == null) {
                throw inUse(what, Files.readString(file, StandardCharsets.US_ASCII).strip());
            }
            byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
            channel.write(ByteBuffer.wrap(pid));
            channel.truncate(pid.length);
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static AddressInUseException inUse(String what, String pid) {
        return new AddressInUseException(what, "process " + pid + " has it open; end that one, or use another folder");
    }

    /** Lets go of it. Idempotent. */
    @Override
    public void close() {
        if (!channel.isOpen()) {
            return;
        }
        try {
            channel.close();
        } catch (IOException e) {
            // The lock goes with the process at the latest.
        }
        HELD.remove(file);
    }
}
