package io.heliograph.server;

import io.heliograph.ConfigException;
import io.heliograph.store.StoreBusyException;
import io.heliograph.store.StoreClosedException;
import io.heliograph.store.StoreFullException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What the routes of endpoints and events have in common: waiting for the disk, pages. Stateless. */
final class Replies {

    static final int DEFAULT_PAGE = 50;
    static final int MAX_PAGE = 200;

    private static final String RETRY_SECONDS = "1";

    private Replies() {
    }

    /** Waits until it is on disk. */
    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            throw switch (e.getCause()) {
                case StoreBusyException busy -> later(String.valueOf(busy.getMessage()));
                case StoreFullException full -> later(String.valueOf(full.getMessage()));
                case StoreClosedException closed -> new Problem(503, "closed", String.valueOf(closed.getMessage()));
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

    /** A page; {@code next} is the cursor of the one behind it, if there may be one. */
    static Answer page(ArrayNode items, Optional<String> next) {
        ObjectNode page = JsonBody.JSON.createObjectNode();
        page.set("items", items);
        next.ifPresent(cursor -> page.put("next", cursor));
        return json(200, page);
    }
}
