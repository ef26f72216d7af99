package io.heliograph.server;

import io.heliograph.alert.Expectation;
import io.heliograph.alert.SavedSearch;
import io.heliograph.alert.SavedSearches;
import io.heliograph.alert.SearchSpec;
import io.heliograph.alert.SearchStatistics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.node.ArrayNode;

/** The routes of saved searches, one by one and by pages. Thread-safe. */
final class SearchRoutes {

    static final Pattern ID = Pattern.compile("[0-9A-Za-z._~:-]{1,128}");

    private static final String ANY = "*";

    private final SavedSearches searches;

    SearchRoutes(SavedSearches searches) {
        this.searches = searches;
    }

    List<Route> routes() {
        return List.of(
                new Route(Verb.PUT, "/v1/searches/{id}", this::put),
                new Route(Verb.GET, "/v1/searches/{id}", this::show),
                new Route(Verb.DELETE, "/v1/searches/{id}", this::remove),
                new Route(Verb.GET, "/v1/searches", this::list));
    }

    private Answer put(Call call) {
        String id = call.path("id");
        String json = jsonText(call);
        Expectation expectation = expectation(call, id);
        SearchSpec spec = SearchProblems.in(() -> SearchSpec.parse(json));
        SavedSearches.Put put = SearchProblems.await(searches.put(call.tenant(), id, spec, expectation));
        Answer answer = Replies.json(put.isNew() ? 201 : 200, SearchWriter.write(put.search())).withHeader("ETag", tag(put.search()));
        return put.isNew() ? answer.withHeader("Location", "/v1/searches/" + id) : answer;
    }

    /** The body of a request that is to hold JSON. */
    static String jsonText(Call call) {
        String type = call.header("Content-Type").map(MediaTypes::essence).orElse("");
        if (!type.equals("application/json")) {
            throw new Problem(415, "media-type", "Content-Type '" + type.substring(0, Math.min(120, type.length()))
                    + "': allowed is application/json");
        }
        return text(call.body()).orElseThrow(() -> new Problem(400, "bad-json", "the body is not UTF-8"));
    }

    /** Bytes as text, if they are UTF-8. */
    static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private Expectation expectation(Call call, String id) {
        Optional<String> match = call.header("If-Match");
        Optional<String> noneMatch = call.header("If-None-Match");
        if (match.isPresent() && noneMatch.isPresent()) {
            throw new Problem(400, "bad-etag", "If-Match and If-None-Match exclude each other");
        }
        if (noneMatch.isPresent()) {
            if (!noneMatch.get().equals(ANY)) {
                throw new Problem(400, "bad-etag", "If-None-Match: allowed is *, for a search that is not there yet");
            }
            return Expectation.ABSENCE;
        }
        return match.isEmpty() ? Expectation.ANYTHING : Expectation.revision(revision(call.tenant(), id, match.get()));
    }

    /** The revision that an {@code If-Match} means; of one that cannot be, none is. */
    private long revision(String tenant, String id, String tag) {
        if (tag.equals(ANY)) {
            return searches.get(tenant, id).map(SavedSearch::revision)
                    .orElseThrow(() -> new Problem(412, "revision", "there is no such search"));
        }
        if (!tag.matches("\"[0-9]{1,18}\"")) {
            throw new Problem(412, "revision", "If-Match: no search has this ETag; allowed is one that was answered, or *");
        }
        return Long.parseLong(tag.substring(1, tag.length() - 1));
    }

    private static String tag(SavedSearch search) {
        return "\"" + search.revision() + "\"";
    }

    private Answer show(Call call) {
        SavedSearch search = find(call);
        String tag = tag(search);
        if (call.header("If-None-Match").filter(tag::equals).isPresent()) {
            return new Answer(304, "application/json", new byte[0], Map.of("ETag", tag));
        }
        var json = SearchWriter.write(search, searches.statistics(call.tenant(), search.id()));
        if (searches.isQuarantined(call.tenant(), search.id())) {
            json.put("quarantined", true);
        }
        return Replies.json(200, json).withHeader("ETag", tag);
    }

    private SavedSearch find(Call call) {
        return searches.get(call.tenant(), call.path("id")).orElseThrow(() -> new Problem(404, "no-search", "there is no such search"));
    }

    private Answer remove(Call call) {
        String id = call.path("id");
        if (!SearchProblems.await(searches.delete(call.tenant(), id, expectation(call, id)))) {
            throw new Problem(404, "no-search", "there is no such search");
        }
        return new Answer(204, "application/json", new byte[0], Map.of());
    }

    private Answer list(Call call) {
        int most = Replies.pageSize(call);
        String after = Replies.cursor(call, ID).orElse("");
        List<SavedSearch> found = searches.page(call.tenant(), call.query("tag"), after, most);
        Map<String, SearchStatistics> statistics = searches.statistics(call.tenant(), found.stream().map(SavedSearch::id).toList());
        ArrayNode items = JsonBody.JSON.createArrayNode();
        found.forEach(search -> items.add(SearchWriter.write(search, statistics.getOrDefault(search.id(), SearchStatistics.NONE))));
        return Replies.page(items, found.size() < most ? Optional.empty() : Optional.of(found.getLast().id()));
    }
}
