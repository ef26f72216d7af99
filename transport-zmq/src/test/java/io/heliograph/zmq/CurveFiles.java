package io.heliograph.zmq;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeromq.ZMQ;

/** Keys of one that waits, one that it lists and one that it does not, in files. Immutable. */
final class CurveFiles {

    final ZmqKeys server = ZmqKeys.generate();
    final ZmqKeys listed = ZmqKeys.generate();
    final ZmqKeys unlisted = ZmqKeys.generate();
    private final Path folder;

    CurveFiles(Path folder) throws IOException {
        this.folder = folder;
        server.write(folder.resolve("server.key"));
        listed.write(folder.resolve("listed.key"));
        unlisted.write(folder.resolve("unlisted.key"));
        Files.writeString(folder.resolve("server.pub"), server.publicKey() + "\n");
        Files.writeString(folder.resolve("allowed"), "# who may\n" + listed.publicKey() + "  the listed one\n");
    }

    /** The settings of one that waits. */
    String waiting() {
        return "&curve-key-file=" + folder.resolve("server.key") + "&curve-allow-file=" + folder.resolve("allowed");
    }

    /** The settings of one that connects, and is let in. */
    String connecting() {
        return connecting("listed.key");
    }

    /** The settings of one that connects, and is not let in. */
    String connectingUnlisted() {
        return connecting("unlisted.key");
    }

    private String connecting(String file) {
        return "&curve-key-file=" + folder.resolve(file) + "&curve-server-key-file=" + folder.resolve("server.pub");
    }

    /** Has a foreign socket connect with {@code keys}. */
    void use(ZMQ.Socket socket, ZmqKeys keys) {
        socket.setCurvePublicKey(keys.publicBytes());
        socket.setCurveSecretKey(keys.secretBytes());
        socket.setCurveServerKey(server.publicBytes());
    }
}
