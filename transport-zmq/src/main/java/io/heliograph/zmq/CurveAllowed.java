package io.heliograph.zmq;

import io.heliograph.ConfigException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/** Whose keys are let in. Thread-safe. */
sealed interface CurveAllowed {

    /** Whether {@code key}, 32 bytes, is. */
    boolean allows(byte[] key);

    /** Whoever has a key at all: the traffic is hidden, but from whom is not said. */
    record Anyone() implements CurveAllowed {
        @Override
        public boolean allows(byte[] key) {
            return key.length == ZmqKeys.BYTES;
        }
    }

    /** Those that are listed. */
    record Listed(Set<ByteBuffer> keys) implements CurveAllowed {
        public Listed {
            keys = Set.copyOf(keys);
        }

        @Override
        public boolean allows(byte[] key) {
            return keys.contains(ByteBuffer.wrap(key));
        }
    }

    /**
     * Those in a file.
     *
     * @throws ConfigException if there is no such file, others may change it, or it lists none
     */
    static CurveAllowed read(String path) {
        var keys = new HashSet<ByteBuffer>();
        KeyFile.open("curve-allow-file", path).keys().forEach(key -> keys.add(ByteBuffer.wrap(key).asReadOnlyBuffer()));
        if (keys.isEmpty()) {
            throw new ConfigException("curve-allow-file", path, "a file with one public key at least: this one lists none");
        }
        return new Listed(keys);
    }
}
