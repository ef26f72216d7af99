package io.heliograph.demo;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.heliograph.demo.DemoConfig.Generator;
import io.heliograph.demo.DemoConfig.StatusLine;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The page in a real browser, with the whole house behind it. Screenshots go to target/screenshots. */
@Tag("ui")
@Timeout(120)
class PageTest {

    private static final Pattern ABOVE_ZERO = Pattern.compile("[1-9][0-9,]*");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static DemoHouse house;
    private static Browser browser;
    private Page page;

    @BeforeAll
    static void open() throws IOException {
        Files.createDirectories(SCREENSHOTS);
        PlaywrightAssertions.setDefaultAssertionTimeout(20_000);
        house = DemoHouse.open(new DemoConfig(OptionalInt.of(0), OptionalInt.of(0), Optional.empty(), Generator.ON,
                StatusLine.AT_END));
        browser = Browser.open(house.url());
    }

    @AfterAll
    static void close() {
        if (browser != null) {
            browser.close();
        }
        house.close();
    }

    @BeforeEach
    void load() {
        browser.faults.clear();
        page = browser.page(1280, 900, ColorScheme.LIGHT);
        assertThat(page.locator("#connection")).hasText("live");
    }

    @AfterEach
    void leave() {
        page.context().close();
        assertThat(browser.faults).as("errors in the console, requests to other hosts").isEmpty();
    }

    @Test
    void showsThatTheLedgerClosesAndWhatEachHopLost() {
        assertThat(page.locator("#badge")).hasText("Ledger closes");
        for (String rate : new String[] {"#senders-rate", "#statsd-rate", "#multicast-rate", "#page-rate"}) {
            assertThat(page.locator(rate)).hasText(ABOVE_ZERO);
        }
        assertThat(page.locator("#lost-1")).hasText("0");
        assertThat(page.locator("#exactness-1")).hasText("exact");
        assertThat(page.locator("#lost-2")).hasText("0");
        assertThat(page.locator("#listening")).hasText("1");
        assertThat(page.locator("#lost-4")).hasText("0");
        assertThat(page.locator("#stored")).hasText(ABOVE_ZERO);
        assertThat(page.locator("#publishers tr")).hasCount(4);
        assertThat(page.locator("#publishers")).containsText("multicast");
        assertThat(page.locator("#subscribers tr")).hasCount(4);
        assertThat(page.locator("#subscribers")).containsText("multicast");
        assertThat(page.locator("#homes li").first()).isVisible();
    }

    @Test
    void showsRatesTimersGaugesAndSetsOfTheGenerator() {
        assertThat(row("counter", "shop.visits").locator("td").first()).hasText(Pattern.compile("[0-9.,]+"));
        assertThat(row("timer", "shop.page.home.ms").locator("td")).hasCount(4);
        assertThat(row("gauge", "machine.memory.used_mb")).isVisible();
        assertThat(row("set", "shop.sessions")).isVisible();
        row("timer", "shop.page.checkout.ms").locator("button").click();
        assertThat(page.locator("#chart-title")).hasText("shop.page.checkout.ms");
    }

    @Test
    void showsAMetricThatSomebodySends() throws IOException {
        send("from.someone:7|c");

        assertThat(row("counter", "from.someone").locator("td").last()).hasText("7");
        assertThat(page.locator("#others-received")).hasText(ABOVE_ZERO);
    }

    @Test
    void showsMarkupInNamesAndTagsAsText() throws IOException {
        String name = "<img src=x onerror=document.title='hit'>";
        send(name + ":1|c|#<b>tag</b>:<script>document.title='hit'</script>");
        page.locator("#filter").fill("<img");

        Locator button = page.locator("#counter-rows button");
        assertThat(button).hasText(name + " (<b>tag</b>:<script>document.title='hit'</script>)");
        button.click();
        assertThat(page.locator("#chart-title")).containsText(name);
        assertThat(page.locator("#counter-rows img, #counter-rows b, #counter-rows script, #chart-title img, #tail img")).hasCount(0);
        assertThat(page).hasTitle("Heliograph");
    }

    @Test
    void aStalledSubscriberLosesByReasonAndTheLedgerStillCloses() {
        assertThat(page.locator("#policy")).isEnabled();
        page.locator("#policy").selectOption("drop-oldest");
        page.locator("#stall").click();

        assertThat(page.locator("#acting")).containsText("Stalled");
        assertThat(page.locator("#exactness-3")).containsText("overflow");
        assertThat(page.locator("#lost-3")).hasText(ABOVE_ZERO);
        shoot(page, "desktop-stalled");
        assertThat(page.locator("#badge")).hasText("Ledger closes");

        page.locator("#policy").selectOption("drop-same-key");
        page.locator("#stall").click();
        assertThat(page.locator("#exactness-3")).containsText("conflated");
        assertThat(page.locator("#badge")).hasText("Ledger closes");
        assertThat(page.locator("#acting")).hasText("");
        assertThat(page.locator("#waiting")).hasText("0");
    }

    @Test
    void theAlertOfASavedSearchArrivesSigned() {
        assertThat(page.locator("#alert-query")).hasValue("title:garden AND price:[* TO 500000]");
        page.locator("#alert-query").fill("price:[0 TO 100000000]");
        page.locator("#alert-form button").click();

        assertThat(page.locator("#alert-outcome")).containsText("Saved as page-");
        assertThat(page.locator("#arrived li").first()).isVisible();
        assertThat(page.locator("#verified")).hasText(ABOVE_ZERO);
        assertThat(page.locator("#lost-5")).hasText("0");
        assertThat(page.locator("#saved")).hasText(ABOVE_ZERO);
        assertThat(page.locator("#badge")).hasText("Ledger closes");
        page.locator("#alert-example").selectOption("4");
        assertThat(page.locator("#alert-query")).hasValue("name:shop.* AND p99:[250 TO *]");
        page.locator("#alert-query").fill("name:shop.* AND p99:[0 TO *]");
        page.locator("#alert-form button").click();
        assertThat(page.locator("#arrived li").filter(new Locator.FilterOptions().setHasText("p99")).first()).isVisible();
        shoot(page, "desktop-alerts");
        page.locator("#alert-query").fill("price:[");
        page.locator("#alert-form button").click();
        assertThat(page.locator("#alert-outcome")).containsText("column");
        // Browsers note each refusal by themselves.
        assertThat(browser.faults).singleElement().asString().contains("400");
        browser.faults.clear();
    }

    @Test
    void aBurstSendsTenTimesAsMuch() {
        assertThat(page.locator("#senders-rate")).hasText(ABOVE_ZERO);
        page.locator("#burst").focus();
        page.keyboard().press("Enter");

        assertThat(page.locator("#acting")).containsText("Bursting");
        assertThat(page.locator("#statsd-rate")).hasText(Pattern.compile("[0-9]+,[0-9]{3}"));
        assertThat(page.locator("#acting")).hasText("");
    }

    @Test
    void eachControlIsReachedByTheKeyboardAndShowsIt() {
        page.keyboard().press("Tab");
        assertThat(page.locator(".skip")).isFocused();
        for (String control : new String[] {"#burst", "#stall", "#policy", "#alert-example", "#alert-query", "#filter", "#pause"}) {
            page.locator(control).focus();
            page.keyboard().press("Shift+Tab");
            page.keyboard().press("Tab");
            assertThat(page.locator(control)).isFocused();
            Object outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle");
            assertThat(outline).as("outline of " + control).isEqualTo("solid");
        }
    }

    @Test
    void fitsAPhoneInLightAndDark() {
        for (ColorScheme scheme : new ColorScheme[] {ColorScheme.LIGHT, ColorScheme.DARK}) {
            Page narrow = browser.page(360, 740, scheme);
            assertThat(narrow.locator("#badge")).hasText("Ledger closes");
            assertThat(narrow.locator("#counter-rows tr").first()).isVisible();
            assertThat(narrow.evaluate("() => document.documentElement.scrollWidth")).isEqualTo(360);
            shoot(narrow, "phone-" + scheme.name().toLowerCase(Locale.ROOT));
            narrow.context().close();
        }
    }

    @Test
    void looksTheSameInTheDarkButForItsColours() {
        String light = (String) page.evaluate("() => getComputedStyle(document.body).backgroundColor");
        Page dark = browser.page(1280, 900, ColorScheme.DARK);
        assertThat(dark.locator("#page-rate")).hasText(ABOVE_ZERO);

        assertThat(dark.evaluate("() => getComputedStyle(document.body).backgroundColor")).isNotEqualTo(light);
        shoot(dark, "desktop-dark");
        shoot(page, "desktop-light");
        dark.context().close();
    }

    private Locator row(String type, String name) {
        return page.locator("#" + type + "-rows tr").filter(new Locator.FilterOptions().setHas(
                page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true))));
    }

    private static void shoot(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(SCREENSHOTS.resolve(name + ".png")));
    }

    private static void send(String line) throws IOException {
        byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(bytes, bytes.length, house.parts().statsd().localAddress()));
        }
    }
}
