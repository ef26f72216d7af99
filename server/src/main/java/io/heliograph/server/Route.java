package io.heliograph.server;

/**
 * Something the server answers.
 *
 * @param verb     the method
 * @param path     such as {@code /v1/ledger}; a segment in braces is open
 * @param handling answers
 */
public record Route(Verb verb, String path, Handling handling) {

    /** As in {@code openapi.yaml}: {@code GET /v1/ledger}. */
    public String name() {
        return verb + " " + path;
    }
}
