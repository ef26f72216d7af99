package io.heliograph.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The page and its files, read from the class path when the server starts: the server's own and those of its panels.
 * Immutable and thread-safe.
 */
final class PageFiles {

    private static final String HTML = "text/html; charset=utf-8";
    private static final String CHART = "/META-INF/resources/webjars/chart.js/4.5.1/dist/chart.umd.min.js";
    private static final String LINKS_MARK = "<!-- links -->";
    private static final String PANELS_MARK = "<!-- panels -->";
    private static final String PATHS_MARK = "  # paths of panels\n";
    private static final String SCHEMAS_MARK = "    # schemas of panels\n";
    private static final String SCHEMAS_BEGIN = "# schemas\n";

    private final Answer page;
    private final Map<String, Answer> files = new HashMap<>();
    private final String openapi;

    PageFiles(List<Panel> panels) {
        put("page.css", read(PageFiles.class, "page.css"));
        put("page.js", read(PageFiles.class, "page.js"));
        put("strings.js", read(PageFiles.class, "strings.js"));
        put("icon.svg", read(PageFiles.class, "icon.svg"));
        put("chart.js", read(PageFiles.class, CHART));
        var links = new StringBuilder();
        var markup = new StringBuilder();
        var paths = new StringBuilder();
        var schemas = new StringBuilder();
        for (Panel panel : panels) {
            String name = panel.name();
            for (String file : List.of(name + ".css", name + ".js", name + "-strings.js")) {
                put(file, read(panel.anchor(), file));
            }
            links.append("<link rel=\"stylesheet\" href=\"/page/").append(name).append(".css\">\n")
                    .append("<script type=\"module\" src=\"/page/").append(name).append(".js\"></script>\n");
            markup.append("<div class=\"panel\" id=\"panel-").append(name).append("\">\n")
                    .append(text(panel.anchor(), name + ".html")).append("</div>\n");
            if (!panel.routes().isEmpty()) {
                String description = text(panel.anchor(), name + "-openapi.yaml");
                int end = description.indexOf(SCHEMAS_BEGIN);
                paths.append(description, 0, end < 0 ? description.length() : end);
                schemas.append(end < 0 ? "" : description.substring(end + SCHEMAS_BEGIN.length()));
            }
        }
        String html = text(PageFiles.class, "page.html").replace(LINKS_MARK, links).replace(PANELS_MARK, markup);
        this.page = tagged(HTML, html.getBytes(StandardCharsets.UTF_8));
        this.openapi = text(PageFiles.class, "openapi.yaml").replace(PATHS_MARK, paths).replace(SCHEMAS_MARK, schemas);
    }

    /** The page itself. */
    Answer page() {
        return page;
    }

    /**
     * A file of the page.
     *
     * @throws Problem 404 if there is none of that name
     */
    Answer file(String name) {
        Answer file = files.get(name);
        if (file == null) {
            throw new Problem(404, "not-found", "no file of the page has this name");
        }
        return file;
    }

    /** What the server answers, in OpenAPI's words. */
    String openapi() {
        return openapi;
    }

    private void put(String name, byte[] bytes) {
        String type = name.endsWith(".css") ? "text/css; charset=utf-8"
                : name.endsWith(".svg") ? "image/svg+xml" : "text/javascript; charset=utf-8";
        if (files.put(name, tagged(type, bytes)) != null) {
            throw new IllegalStateException("two panels bring a file " + name);
        }
    }

    /** A browser asks each time whether a file is still the same, and is answered 304 if it is. */
    private static Answer tagged(String mediaType, byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Answer(200, mediaType, bytes, Map.of("Cache-Control", "no-cache",
                    "ETag", "W/\"" + HexFormat.of().formatHex(digest, 0, 12) + "\""));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static String text(Class<?> anchor, String name) {
        return new String(read(anchor, name), StandardCharsets.UTF_8);
    }

    private static byte[] read(Class<?> anchor, String name) {
        try (InputStream in = anchor.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no resource " + name + " beside " + anchor.getName());
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("read the resource " + name, e);
        }
    }
}
