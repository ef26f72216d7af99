package io.heliograph.bench;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;

/**
 * The peer: a client written for this one request and its answer. A virtual thread for each connection signs, writes and reads
 * straight from the socket, and knows nothing of deadlines, chunks, bodies, failures or other receivers.
 */
final class RawHttp {

    private static final int ANSWER_BYTES = 4096;
    private static final byte[] OKAY = "HTTP/1.1 204".getBytes(StandardCharsets.US_ASCII);

    private final int port;
    private final byte[] body;
    private final HttpPace pace;
    private final AtomicLong next = new AtomicLong();
    private final LongAdder answered = new LongAdder();
    private volatile boolean isOver;

    private RawHttp(int port, byte[] body, HttpPace pace) {
        this.port = port;
        this.body = body;
        this.pace = pace;
    }

    static void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        var client = new RawHttp(receiver.port(), HttpMessages.body(task.eventBytes()), HttpPace.of(task));
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < HttpRate.CONCURRENCY; i++) {
            int number = i;
            threads.add(Thread.ofVirtual().start(() -> client.run(number)));
        }
        HttpRate.tell(client.answered::sum, task, client.pace, tell);
        client.isOver = true;
        for (Thread thread : threads) {
            thread.join();
        }
        HttpRate.requireEqual(receiver.count(), client.answered.sum());
    }

    private void run(int thread) {
        Mac mac = HttpMessages.mac();
        byte[] answer = new byte[ANSWER_BYTES];
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = socket.getInputStream();
            for (long n = 0; !isOver; n++) {
                awaitTurn();
                out.write(request(mac, HttpMessages.id(thread, n)));
                readAnswer(in, answer);
                answered.increment();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A number that all draw from would be one more thing to contend for where there is no pace. */
    private void awaitTurn() {
        if (pace.isPaced()) {
            pace.await(next.getAndIncrement());
        }
    }

    private byte[] request(Mac mac, String id) {
        String seconds = Long.toString(System.currentTimeMillis() / 1_000);
        String head = "POST /hook HTTP/1.1\r\ncontent-type: " + HttpMessages.CONTENT_TYPE + "\r\nwebhook-id: " + id
                + "\r\nwebhook-timestamp: " + seconds + "\r\nwebhook-signature: " + HttpMessages.sign(mac, id, seconds, body)
                + "\r\nContent-Length: " + body.length + "\r\nHost: 127.0.0.1:" + port
                + "\r\nConnection: keep-alive\r\nUser-Agent: bench\r\n\r\n";
        byte[] bytes = new byte[head.length() + body.length];
        System.arraycopy(head.getBytes(StandardCharsets.ISO_8859_1), 0, bytes, 0, head.length());
        System.arraycopy(body, 0, bytes, head.length(), body.length);
        return bytes;
    }

    /** To the empty line: a 204 has no body. */
    private static void readAnswer(InputStream in, byte[] answer) throws IOException {
        int length = 0;
        while (length < 4 || answer[length - 1] != '\n' || answer[length - 2] != '\r' || answer[length - 3] != '\n') {
            int count = in.read(answer, length, answer.length - length);
            if (count < 0) {
                throw new IOException("the receiver has closed the connection");
            }
            length += count;
        }
        for (int i = 0; i < OKAY.length; i++) {
            if (answer[i] != OKAY[i]) {
                throw new IOException("another answer than 204: " + new String(answer, 0, length, StandardCharsets.ISO_8859_1));
            }
        }
    }
}
