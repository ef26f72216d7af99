package io.heliograph.server;

import io.heliograph.alert.SavedSearch;
import io.heliograph.alert.SavedSearches;
import io.heliograph.alert.SavedSearches.ImportOutcome;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Saved searches as lines of JSON, many at once. Thread-safe. */
final class SearchBulkRoutes {

    private static final String LINES = "application/x-ndjson";
    private static final int MOST_EXPORTED = 10_000;
    private static final int READ_TOGETHER = 500;
    private static final int MOST_ERRORS = 1_000;

    private final SavedSearches searches;

    SearchBulkRoutes(SavedSearches searches) {
        this.searches = searches;
    }

    List<Route> routes() {
        return List.of(
                new Route(Verb.POST, "/v1/searches:import", this::take),
                new Route(Verb.GET, "/v1/searches:export", this::give));
    }

    /** A line of a body, which may not be text. */
    private record Line(int number, Optional<String> text) {
    }

    private Answer take(Call call) {
        String type = call.header("Content-Type").map(MediaTypes::essence).orElse("");
        if (!type.equals(LINES)) {
            throw new Problem(415, "media-type", "Content-Type '" + type.substring(0, Math.min(120, type.length())) + "': allowed is " + LINES);
        }
        List<Line> lines = lines(call.body());
        List<Line> readable = lines.stream().filter(line -> line.text().isPresent()).toList();
        List<ImportOutcome> outcomes = searches.importLines(call.tenant(), 1, readable.stream().map(line -> line.text().orElseThrow()).toList());
        var errors = new Errors();
        lines.stream().filter(line -> line.text().isEmpty())
                .forEach(line -> errors.add(line.number(), new Problem(400, "bad-json", "the line is not UTF-8")));
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof ImportOutcome.Refused(int line, RuntimeException reason)) {
                errors.add(readable.get(i).number(), problem(reason));
            }
        }
        ObjectNode json = EndpointWriter.object();
        json.put("saved", lines.size() - errors.count).put("failed", errors.count);
        json.set("errors", errors.shown);
        return Replies.json(200, json);
    }

    /** Of more than are shown, the rest are counted. Confined to one request. */
    private static final class Errors {
        private final ArrayNode shown = JsonBody.JSON.createArrayNode();
        private int count;

        void add(int line, Problem problem) {
            count++;
            if (shown.size() < MOST_ERRORS) {
                shown.addObject().put("line", line).set("problem", JsonBody.JSON.readTree(problem.toJson()));
            }
        }
    }

    private static Problem problem(RuntimeException reason) {
        return SearchProblems.of(reason).orElseGet(() -> Replies.later(String.valueOf(reason.getMessage())));
    }

    /** Empty ones count, and are passed over. */
    private static List<Line> lines(byte[] body) {
        var lines = new ArrayList<Line>();
        int number = 1;
        for (int from = 0; from < body.length; number++) {
            int end = from;
            while (end < body.length && body[end] != '\n') {
                end++;
            }
            Optional<String> text = SearchRoutes.text(Arrays.copyOfRange(body, from, end));
            if (text.isEmpty() || !text.get().isBlank()) {
                lines.add(new Line(number, text));
            }
            from = end + 1;
        }
        return lines;
    }

    private Answer give(Call call) {
        int most = call.query("limit").map(SearchBulkRoutes::limit).orElse(MOST_EXPORTED);
        String after = Replies.cursor(call, SearchRoutes.ID).orElse("");
        var text = new StringBuilder();
        int given = 0;
        boolean mayBeMore = true;
        while (mayBeMore && given < most) {
            int wanted = Math.min(READ_TOGETHER, most - given);
            List<SavedSearch> page = searches.page(call.tenant(), call.query("tag"), after, wanted);
            page.forEach(search -> text.append(search.toJson()).append('\n'));
            given += page.size();
            mayBeMore = page.size() == wanted;
            after = page.isEmpty() ? after : page.getLast().id();
        }
        var answer = new Answer(200, LINES, text.toString().getBytes(StandardCharsets.UTF_8), Map.of());
        if (!mayBeMore) {
            return answer;
        }
        // An id holds nothing that a URL would have to escape.
        String tag = call.query("tag").map(one -> "&tag=" + URLEncoder.encode(one, StandardCharsets.UTF_8)).orElse("");
        return answer.withHeader("Link", "</v1/searches:export?cursor=" + after + "&limit=" + most + tag + ">; rel=\"next\"");
    }

    private static int limit(String text) {
        if (!text.matches("[0-9]{1,5}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MOST_EXPORTED) {
            throw new Problem(400, "bad-limit", "limit '" + text.substring(0, Math.min(20, text.length())) + "': allowed is 1 to " + MOST_EXPORTED);
        }
        return Integer.parseInt(text);
    }
}
