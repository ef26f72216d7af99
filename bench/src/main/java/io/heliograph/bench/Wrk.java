package io.heliograph.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The yardstick: wrk (Debian's package of that name), which sends one unsigned request over and over. */
final class Wrk {

    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final int WARM_UP = 1;

    private Wrk() {
    }

    static void measure(Nginx receiver, WebhookTask task, Tell tell) throws Exception {
        Path script = Files.createTempFile("bench-wrk", ".lua");
        try {
            String body = new String(HttpMessages.body(task.eventBytes()), StandardCharsets.UTF_8).replace("\\", "\\\\").replace("'", "\\'");
            Files.writeString(script, "wrk.method = 'POST'\nwrk.body = '" + body + "'\nwrk.headers['content-type'] = '"
                    + HttpMessages.CONTENT_TYPE + "'\n");
            for (int i = -WARM_UP; i < task.windows(); i++) {
                double rate = run(receiver, script);
                if (i >= 0) {
                    tell.sample(WebhookRows.RATE, rate);
                }
            }
        } finally {
            Files.delete(script);
        }
    }

    private static double run(Nginx receiver, Path script) throws IOException, InterruptedException, MeasurementFailed {
        Process wrk;
        try {
            wrk = new ProcessBuilder("wrk", "-t1", "-c" + HttpRate.CONCURRENCY, "-d1s", "-s", script.toString(), receiver.url())
                    .redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new MeasurementFailed("wrk cannot be started (Debian's package wrk has it): " + e.getMessage());
        }
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = RATE.matcher(said);
        if (wrk.waitFor() != 0 || !rate.find() || said.contains("Non-2xx")) {
            throw new MeasurementFailed("wrk said: " + said);
        }
        return Double.parseDouble(rate.group(1));
    }
}
