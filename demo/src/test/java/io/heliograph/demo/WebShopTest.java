package io.heliograph.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class WebShopTest {

    private static final long SEED = 20261120;

    @Test
    void sellsTheSameWithTheSameChance() {
        assertThat(new WebShop(new Random(SEED)).lines(10, 1)).isEqualTo(new WebShop(new Random(SEED)).lines(10, 1));
    }

    @Test
    void hasFifteenMetricsAndMoreInTenSeconds() {
        List<String> lines = new WebShop(new Random(SEED)).lines(10, 1);

        assertThat(lines.stream().map(line -> line.substring(0, line.indexOf(':'))).collect(Collectors.toSet())).as("seed %d", SEED)
                .hasSizeGreaterThanOrEqualTo(14).contains("shop.orders", "shop.sessions", "shop.page.checkout.ms", "shop.cart.value.eur");
        assertThat(lines).as("seed %d", SEED).allMatch(line -> line.matches("[a-z.]+:[a-z0-9.]+\\|(c|g|ms|h|s)"));
    }

    @Test
    void doesTenTimesAsMuchInABurst() {
        int usual = new WebShop(new Random(SEED)).lines(10, 1).size();
        int burst = new WebShop(new Random(SEED)).lines(10, Traffic.BURST_FACTOR).size();

        assertThat(burst).as("seed %d", SEED).isBetween(8 * usual, 12 * usual);
    }
}
