package io.heliograph.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/**
 * A measurement as one HTML page that needs nothing else: figures, the rate over time, and latency by percentile, drawn
 * as SVG. Stateless.
 */
final class BenchPage {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 220;
    private static final int LEFT = 90;
    private static final int BOTTOM = 24;
    private static final int LINES = 4;
    private static final double[] PERCENTILES = {0, 25, 50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99, 99.999, 100};

    private static final String STYLE = """
            :root { color-scheme: light dark; --ink: light-dark(#1d2433, #e6e9f0); --soft: light-dark(#667085, #98a2b3);
              --line: light-dark(#d9dee8, #394150); --mark: light-dark(#1f5fd0, #7fb0ff); }
            body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
            table { border-collapse: collapse; } td, th { text-align: left; padding: .2rem 1.5rem .2rem 0; font-weight: 400; }
            th { color: var(--soft); } code { overflow-wrap: anywhere; } svg { width: 100%; height: auto; }
            svg text { font-size: 11px; fill: var(--soft); } .grid { stroke: var(--line); }
            .curve { fill: none; stroke: var(--mark); stroke-width: 2; } h2 { font-size: 1.1rem; margin-top: 2rem; }
            """;

    /** A curve's point; x from 0 to 1. */
    private record Spot(double x, double y) {
    }

    /** A mark below a chart. */
    private record Tick(double x, String text) {
    }

    private BenchPage() {
    }

    static String of(BenchResult result) {
        return """
                <!doctype html>
                <html lang="en">
                <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>heliograph bench</title>
                <style>
                %s</style></head>
                <body>
                <h1>heliograph bench</h1>
                <table>
                %s</table>
                <h2>Events a second</h2>
                %s
                <h2>Latency from publish to handler, us</h2>
                %s
                <h2>Ledgers</h2>
                %s
                </body>
                </html>
                """.formatted(STYLE, figures(result), rates(result.course()), latencies(result), ledgers(result));
    }

    private static String figures(BenchResult result) {
        String java = System.getProperty("java.vm.name") + " " + Runtime.version();
        String machine = System.getProperty("os.name") + " " + System.getProperty("os.version") + ", "
                + System.getProperty("os.arch") + ", " + Runtime.getRuntime().availableProcessors() + " processors";
        return row("address", result.plan().address())
                + row("policy", result.policy().text())
                + row("events", format("%,d of %,d B, subscribers in one process: %d", result.published().accepted(),
                        result.plan().sizeBytes(), result.plan().subscribers()))
                + row("time", format("%.2f s", result.seconds()))
                + row("rate", format("%,.0f events/s, %,.1f MB/s", result.eventsPerSecond(), result.megabytesPerSecond()))
                + row("lost", format("%,d", result.lost()))
                + row("dropped by the publisher", format("%,d", result.published().dropped()))
                + row("latency", "p50 " + us(result.latencyUs(50)) + ", p99 " + us(result.latencyUs(99)) + ", p99.9 "
                        + us(result.latencyUs(99.9)) + ", max " + us(result.maxLatencyUs())
                        + format(", of %,d timed", result.latencies().getTotalCount()))
                + row("verdict", result.fault().orElse("every ledger closes"))
                + row("java", java)
                + row("machine", machine);
    }

    private static String us(double value) {
        return BenchResult.us(value) + " us";
    }

    private static String row(String name, String value) {
        return "<tr><th>" + escape(name) + "</th><td>" + escape(value) + "</td></tr>\n";
    }

    private static String ledgers(BenchResult result) {
        String received = result.received().stream().map(sums -> code(sums.toJson())).collect(Collectors.joining("\n"));
        return code(result.published().toJson()) + "\n" + received;
    }

    private static String code(String text) {
        return "<p><code>" + escape(text) + "</code></p>";
    }

    private static String rates(List<BenchResult.Point> course) {
        double end = course.isEmpty() ? 1 : course.getLast().seconds();
        var spots = new ArrayList<Spot>();
        var before = new BenchResult.Point(0, 0);
        for (BenchResult.Point point : course) {
            double rate = (point.handled() - before.handled()) / Math.max(1e-9, point.seconds() - before.seconds());
            spots.add(new Spot(point.seconds() / end, rate));
            before = point;
        }
        return chart(spots, List.of(new Tick(0, "0 s"), new Tick(1, format("%.1f s", end))), "events a second over time");
    }

    private static String latencies(BenchResult result) {
        List<Spot> spots = DoubleStream.of(PERCENTILES).mapToObj(percentile ->
                new Spot(nines(percentile), result.latencies().getTotalCount() == 0 ? 0 : result.latencyUs(percentile))).toList();
        List<Tick> ticks = DoubleStream.of(0, 90, 99, 99.9, 99.99, 99.999).mapToObj(percentile ->
                new Tick(nines(percentile), percentile == 0 ? "0 %" : String.valueOf(percentile).replaceAll("\\.0$", "") + " %")).toList();
        return chart(spots, ticks, "latency by percentile");
    }

    /** Each further nine is as far as the one before. */
    private static double nines(double percentile) {
        double most = 6;
        return percentile >= 100 ? 1 : Math.min(most, -Math.log10(1 - percentile / 100)) / most;
    }

    private static String chart(List<Spot> spots, List<Tick> ticks, String label) {
        double top = Math.max(1, spots.stream().mapToDouble(Spot::y).max().orElse(1));
        var svg = new StringBuilder(4096);
        svg.append(format("<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", WIDTH, HEIGHT, label));
        for (int i = 0; i <= LINES; i++) {
            double y = y(i / (double) LINES);
            svg.append(format("<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>", LEFT, WIDTH, y, y))
                    .append(format("<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%,.0f</text>\n", LEFT - 8, y + 4, top * i / LINES));
        }
        for (Tick tick : ticks) {
            svg.append(format("<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>\n", x(tick.x()), HEIGHT - 6,
                    tick.x() == 0 ? "start" : tick.x() == 1 ? "end" : "middle", escape(tick.text())));
        }
        String points = spots.stream().map(spot -> format("%.1f,%.1f", x(spot.x()), y(spot.y() / top)))
                .collect(Collectors.joining(" "));
        return svg.append("<polyline class=\"curve\" points=\"").append(points).append("\"/>\n</svg>").toString();
    }

    private static double x(double share) {
        return LEFT + share * (WIDTH - LEFT);
    }

    private static double y(double share) {
        return 8 + (1 - share) * (HEIGHT - BOTTOM - 8);
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
