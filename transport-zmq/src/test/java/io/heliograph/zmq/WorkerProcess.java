package io.heliograph.zmq;

import io.heliograph.Heliograph;
import io.heliograph.Interest;
import io.heliograph.Subscriber;
import io.heliograph.testkit.ChildProcess;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A worker that is a process of its own: it says each event that it has handled, before that is acknowledged. */
final class WorkerProcess {

    private WorkerProcess() {
    }

    /** Starts one at {@code address}, which takes {@code workNs} for each event. */
    static ChildProcess start(String address, long workNs) {
        return ChildProcess.start(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx64m",
                "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                WorkerProcess.class.getName(), address, Long.toString(workNs)));
    }

    public static void main(String[] args) throws IOException {
        long workNs = Long.parseLong(args[1]);
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (Subscriber subscriber = Heliograph.subscriber(args[0])) {
            subscriber.subscribe(Interest.inAll(), delivery -> {
                LockSupport.parkNanos(workNs);
                out.println(delivery.event().subject().orElse("-") + " " + delivery.event().text() + " " + delivery.deliveryCount());
            });
            out.println("ready");
            new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
        }
    }
}
