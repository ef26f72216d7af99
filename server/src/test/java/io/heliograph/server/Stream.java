package io.heliograph.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.net.http.HttpResponse;

/** Server-sent events as they come in. */
final class Stream implements AutoCloseable {

    final HttpResponse<InputStream> response;
    private final BufferedReader lines;

    Stream(HttpResponse<InputStream> response) throws IOException {
        this.response = response;
        this.lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8));
    }

    /** The lines of the next event or comment; none at the end of the stream. */
    List<String> next() throws IOException {
        var block = new ArrayList<String>();
        String line = lines.readLine();
        while (line != null && !line.isEmpty()) {
            block.add(line);
            line = lines.readLine();
        }
        return block;
    }

    /** The next event's data; comments are passed over. */
    Optional<String> nextData() throws IOException {
        List<String> block = next();
        while (!block.isEmpty()) {
            Optional<String> data = block.stream().filter(line -> line.startsWith("data: ")).findFirst();
            if (data.isPresent()) {
                return data.map(line -> line.substring("data: ".length()));
            }
            block = next();
        }
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        lines.close();
    }
}
