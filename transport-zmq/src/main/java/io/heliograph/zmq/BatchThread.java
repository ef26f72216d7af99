package io.heliograph.zmq;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Has Linux schedule the calling thread as SCHED_BATCH: with as much time as any other, but not in the place of the thread that
 * wakes it. JeroMQ 0.6.0 wakes its I/O thread by a byte, which it counts only then; an I/O thread that takes the waker's place
 * finds the byte and nothing counted, again and again, until its time is up. Thread-safe.
 */
final class BatchThread {

    private static final int SCHED_OTHER = 0;
    private static final int SCHED_BATCH = 3;

    private BatchThread() {
    }

    /**
     * Does that, and says whether it could: not on other systems, where native access has not been enabled, or for a thread
     * that somebody has given another policy.
     */
    static boolean enter() {
        if (!System.getProperty("os.name").equals("Linux") || !BatchThread.class.getModule().isNativeAccessEnabled()) {
            return false;
        }
        try (Arena arena = Arena.ofConfined()) {
            Linker linker = Linker.nativeLinker();
            MethodHandle get = linker.downcallHandle(linker.defaultLookup().findOrThrow("sched_getscheduler"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT));
            MethodHandle set = linker.downcallHandle(linker.defaultLookup().findOrThrow("sched_setscheduler"),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS));
            // Its only field, the priority, is 0.
            MemorySegment parameters = arena.allocate(JAVA_INT);
            return (int) get.invokeExact(0) == SCHED_OTHER && (int) set.invokeExact(0, SCHED_BATCH, parameters) == 0;
        } catch (Throwable e) {
            // Whatever is the matter, all works without.
            return false;
        }
    }
}
