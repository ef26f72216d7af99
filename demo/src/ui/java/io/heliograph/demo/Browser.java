package io.heliograph.demo;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The system's Chromium, headless, and what goes wrong in it. */
final class Browser implements AutoCloseable {

    private static final List<Path> PLACES = List.of(Path.of("/usr/bin/chromium"), Path.of("/usr/bin/chromium-browser"),
            Path.of("/usr/bin/google-chrome"), Path.of("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"));

    /** Errors in the console, exceptions of scripts, and requests to other hosts. */
    final List<String> faults = new ArrayList<>();

    private final Playwright playwright = Playwright.create();
    private final com.microsoft.playwright.Browser browser;
    private final String origin;

    private Browser(Path executable, String origin) {
        this.origin = origin;
        this.browser = playwright.chromium().launch(new BrowserType.LaunchOptions()
                .setExecutablePath(executable)
                .setArgs(List.of("--no-sandbox")));
    }

    /** Without a Chromium the test is left out, but for a build server, where it fails. */
    static Browser open(String origin) {
        List<Path> found = PLACES.stream().filter(Files::isExecutable).toList();
        if (found.isEmpty()) {
            String missing = "no Chromium at " + PLACES + "; install it with: apt install chromium";
            if (System.getenv("CI") != null) {
                fail(missing);
            }
            abort(missing);
        }
        return new Browser(found.getFirst(), origin);
    }

    /** The page in a window of that size, loaded. */
    Page page(int width, int height, ColorScheme scheme) {
        Page page = browser.newContext(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height).setColorScheme(scheme)).newPage();
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                faults.add(message.text());
            }
        });
        page.onPageError(faults::add);
        page.onRequest(request -> {
            if (!request.url().startsWith(origin)) {
                faults.add("asks " + request.url());
            }
        });
        page.navigate(origin);
        return page;
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
