package io.heliograph.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;

/**
 * The metrics of a web shop that does not exist: visitors come, wait for pages, search, buy, and empty the shelves. Not
 * thread-safe; the same chance gives the same day.
 */
final class WebShop {

    /** A page and how long it takes: half its answers are faster than the median. */
    private record Page(String name, double medianMs, double spread) {
    }

    private static final List<Page> PAGES = List.of(new Page("home", 18, .35), new Page("search", 65, .55),
            new Page("product", 32, .4), new Page("cart", 41, .45), new Page("checkout", 120, .6));
    private static final List<String> GOODS = List.of("lamp", "mirror", "tripod", "shutter");
    private static final double VISITS_PER_SECOND = 60;
    private static final double ORDER_SHARE = .08;
    private static final double ERROR_SHARE = .015;
    private static final int SESSIONS = 400;
    private static final int CUSTOMERS = 900;
    private static final int FULL_SHELF = 120;
    private static final int LOW_SHELF = 8;

    private final RandomGenerator random;
    private final int[] stock = new int[GOODS.size()];
    private double openVisits;

    WebShop(RandomGenerator random) {
        this.random = random;
        for (int i = 0; i < stock.length; i++) {
            stock[i] = FULL_SHELF - random.nextInt(FULL_SHELF / 2);
        }
    }

    /** What happens in {@code seconds}, as StatsD lines, {@code crowd} times as much as usual. */
    List<String> lines(double seconds, int crowd) {
        var lines = new ArrayList<String>();
        openVisits += VISITS_PER_SECOND * seconds * crowd * (.6 + .8 * random.nextDouble());
        for (; openVisits >= 1; openVisits--) {
            visit(lines, crowd);
        }
        lines.add("shop.queue.depth:" + Math.max(0, Math.round(2 * crowd + 1.5 * random.nextGaussian())) + "|g");
        return lines;
    }

    private void visit(List<String> lines, int crowd) {
        Page page = PAGES.get(random.nextInt(PAGES.size()));
        // A crowd slows every page.
        double slowness = 1 + (crowd - 1) * .08;
        double ms = page.medianMs() * slowness * Math.exp(page.spread() * random.nextGaussian());
        lines.add("shop.page." + page.name() + ".ms:" + decimal(ms) + "|ms");
        lines.add("shop.visits:1|c");
        lines.add("shop.sessions:s" + random.nextInt(SESSIONS) + "|s");
        if (random.nextDouble() < ERROR_SHARE) {
            lines.add("shop.errors:1|c");
        }
        if (random.nextDouble() < ORDER_SHARE) {
            order(lines);
        }
    }

    private void order(List<String> lines) {
        double value = 12 + 60 * Math.exp(.5 * random.nextGaussian());
        lines.add("shop.orders:1|c");
        lines.add("shop.revenue.eur:" + decimal(value) + "|c");
        lines.add("shop.cart.value.eur:" + decimal(value) + "|h");
        lines.add("shop.customers:c" + random.nextInt(CUSTOMERS) + "|s");
        int good = random.nextInt(stock.length);
        stock[good] = stock[good] <= LOW_SHELF ? FULL_SHELF : stock[good] - 1 - random.nextInt(3);
        lines.add("shop.stock." + GOODS.get(good) + ":" + stock[good] + "|g");
    }

    private static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }
}
