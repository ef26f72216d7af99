package io.heliograph.alert;

import java.time.Instant;

/**
 * A search that is kept.
 *
 * @param tenant   whose it is
 * @param id       what it goes by among that tenant's
 * @param spec     what its owner says of it
 * @param revision grows with each change; never the same for two states of any search
 * @param created  when it was put first
 * @param changed  when it was put last
 */
public record SavedSearch(String tenant, String id, SearchSpec spec, long revision, Instant created, Instant changed) {

    /** It as JSON: the spec's members, and {@code id}, {@code revision}, {@code created}, {@code changed}. */
    public String toJson() {
        return SpecWriter.write(this);
    }
}
