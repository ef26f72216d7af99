package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreFullException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the routes of endpoints and events have in common: waiting for the disk, pages. Stateless. */
final class Replies {

    static final int DEFAULT_PAGE = 50;
    static final int MAX_PAGE = 200;
    /** A cursor that is a number. */
    static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private static final String RETRY_SECONDS = "1";

    private Replies() {
    }

    /** Waits until it is on disk. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                // Whoever asks need not know where the store is.
                case StoreBusyException busy -> later("more writes wait for the store than may");
                case StoreFullException full -> later("the store is full, up to its limit (setting store-limit) or its disk's");
                case StoreClosedException closed -> new Problem(503, "closed", "the store is closed");
                case RuntimeException refused when refused instanceof Problem || refused instanceof ConfigException -> refused;
                case null, default -> e;
            };
        }
    }

    /** It is too much at the moment. */
    static Problem later(String why) {
        return new Problem(429, "back-pressured", why).withHeader("Retry-After", RETRY_SECONDS);
    }

    static Answer json(int status, JsonNode json) {
        return Answer.json(json.toString()).withStatus(status);
    }

    /** How many a page is to hold. */
    static int pageSize(Call call) {
        return call.query("limit").map(text -> {
            if (!text.matches("[0-9]{1,4}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > MAX_PAGE) {
                throw new Problem(400, "bad-limit", "limit '" + text.substring(0, Math.min(20, text.length())) + "': allowed is 1 to "
                        + MAX_PAGE);
            }
            return Integer.parseInt(text);
        }).orElse(DEFAULT_PAGE);
    }

    /** Where a page begins, if the request says so: behind a place in the list, whether something is there still or not. */
    static Optional<String> cursor(Call call, Pattern allowed) {
        Optional<String> cursor = call.query("cursor").filter(text -> !text.isEmpty());
        cursor.filter(text -> !allowed.matcher(text).matches()).ifPresent(text -> {
            throw new Problem(400, "bad-cursor", "cursor: allowed is what a page said was next");
        });
        return cursor;
    }

    /** A page; {@code next} is the cursor of the one behind it, if there may be one. */
    static Answer page(ArrayNode items, Optional<String> next) {
        ObjectNode page = JsonBody.JSON.createObjectNode();
        page.set("items", items);
        next.ifPresent(cursor -> page.put("next", cursor));
        return json(200, page);
    }
}
