package io.heliograph.udp;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;

/**
 * The senders seen lately, by the bytes of their address as the kernel writes them, so that a known one's object is used
 * again. A table of fixed size: each address may stand in one of {@value #WAYS} places that its bytes choose, and a new
 * one takes the place of another there. Confined to one thread; allocates for an address that is not in the table only.
 */
final class SourceAddresses {

    private static final int PLACES = 1024;
    private static final int WAYS = 4;
    private static final int WORDS = LinuxStructs.SOCKADDR_BYTES / Long.BYTES;

    private final long[] keys = new long[PLACES * WORDS];
    private final InetSocketAddress[] addresses = new InetSocketAddress[PLACES];
    private long made;

    /** The address in the {@link LinuxStructs#SOCKADDR_BYTES} bytes from {@code at}, zero behind the address itself. */
    InetSocketAddress at(MemorySegment memory, long at) throws IOException {
        int first = firstPlace(memory, at);
        for (int place = first; place < first + WAYS; place++) {
            if (isKeyOf(place, memory, at)) {
                return addresses[place];
            }
        }
        int place = first + (int) (made++ % WAYS);
        addresses[place] = SocketAddresses.read(memory, at);
        for (int word = 0; word < WORDS; word++) {
            keys[place * WORDS + word] = word(memory, at, word);
        }
        return addresses[place];
    }

    /** How many address objects were made. */
    long made() {
        return made;
    }

    private static int firstPlace(MemorySegment memory, long at) {
        long hash = 0;
        for (int word = 0; word < WORDS; word++) {
            hash = (hash ^ word(memory, at, word)) * 0x9e37_79b9_7f4a_7c15L;
        }
        return (int) (hash >>> 32) & PLACES - WAYS;
    }

    private boolean isKeyOf(int place, MemorySegment memory, long at) {
        for (int word = 0; word < WORDS; word++) {
            if (keys[place * WORDS + word] != word(memory, at, word)) {
                return false;
            }
        }
        return true;
    }

    private static long word(MemorySegment memory, long at, int word) {
        return memory.get(ValueLayout.JAVA_LONG, at + (long) word * Long.BYTES);
    }
}
