package io.heliograph.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.zip.CRC32C;
import org.HdrHistogram.Histogram;

/**
 * Measures one {@link SearchSide} with so many queries, on one thread: what it finds, then event by event, then 128 at once.
 */
final class SearchMeasurement {

    private static final long WINDOW_NS = Duration.ofSeconds(2).toNanos();
    private static final double WARM_UP_WINDOWS = 0.6;
    private static final int TOGETHER = 128;
    private static final int REGISTERED_TOGETHER = 5000;
    /** How many events of the stream the two sides must agree on. */
    private static final int COMPARED = 40;

    private final SearchSide side;
    private final List<SearchListing> listings;
    private final Tell tell;
    private int next;

    private SearchMeasurement(SearchSide side, List<SearchListing> listings, Tell tell) {
        this.side = side;
        this.listings = listings;
        this.tell = tell;
    }

    static void measure(SearchSide side, SearchTask task, Tell tell) throws IOException {
        var words = new SearchWords();
        var measurement = new SearchMeasurement(side, SearchListing.stream(words, SearchListing.COUNT), tell);
        measurement.register(SearchQueries.draw(words, task.queries()));
        measurement.compare();
        measurement.oneByOne(task.windows());
        measurement.together();
    }

    /** Tells of each part, so that the harness sees that something goes on. */
    private void register(List<SearchQuery> queries) throws IOException {
        long startNs = System.nanoTime();
        for (int first = 0; first < queries.size(); first += REGISTERED_TOGETHER) {
            side.register(first, queries.subList(first, Math.min(first + REGISTERED_TOGETHER, queries.size())));
            tell.sample("registered_up_to", first);
        }
        tell.sample(SuiteReport.BESIDE + "registered_per_s", queries.size() * 1e9 / (System.nanoTime() - startNs));
    }

    /** What was found goes to the harness as one number, which must be the other side's too. */
    private void compare() throws IOException {
        var checksum = new CRC32C();
        long matches = 0;
        for (SearchListing listing : listings.subList(0, COMPARED)) {
            var ids = new TreeSet<>(side.found(listing));
            matches += ids.size();
            checksum.update((String.join(",", ids) + ";").getBytes(StandardCharsets.UTF_8));
        }
        tell.sample(SearchRows.FOUND, checksum.getValue());
        tell.sample(SuiteReport.BESIDE + "matches_per_event", (double) matches / COMPARED);
    }

    private void oneByOne(int windows) throws IOException {
        run((long) (WINDOW_NS * WARM_UP_WINDOWS), new Histogram(3));
        var latencies = new Histogram(3);
        long before = side.candidates();
        for (int i = 0; i < windows; i++) {
            tell.sample(SearchRows.EVENTS, run(WINDOW_NS, latencies));
        }
        tell.sample(SuiteReport.BESIDE + "candidates", (double) (side.candidates() - before) / latencies.getTotalCount());
        tell.sample(SuiteReport.BESIDE + "p50_us", latencies.getValueAtPercentile(50) / 1e3);
        tell.sample(SuiteReport.BESIDE + "p99_us", latencies.getValueAtPercentile(99) / 1e3);
    }

    /** Events per second. */
    private double run(long durationNs, Histogram latencies) throws IOException {
        long startNs = System.nanoTime();
        long endNs = startNs;
        int count = 0;
        while (endNs - startNs < durationNs) {
            long beforeNs = endNs;
            side.match(listings.get(next++ % listings.size()));
            endNs = System.nanoTime();
            latencies.recordValue(endNs - beforeNs);
            count++;
        }
        return count * 1e9 / (endNs - startNs);
    }

    private void together() throws IOException {
        batches((long) (WINDOW_NS * WARM_UP_WINDOWS));
        tell.sample(SuiteReport.BESIDE + "in_batches_of_" + TOGETHER, batches(WINDOW_NS));
    }

    private double batches(long durationNs) throws IOException {
        long startNs = System.nanoTime();
        long endNs = startNs;
        int count = 0;
        while (endNs - startNs < durationNs) {
            var batch = new ArrayList<SearchListing>(TOGETHER);
            for (int i = 0; i < TOGETHER; i++) {
                batch.add(listings.get(next++ % listings.size()));
            }
            side.match(batch);
            count += TOGETHER;
            endNs = System.nanoTime();
        }
        return count * 1e9 / (endNs - startNs);
    }
}
