package io.heliograph.bench;

import java.io.IOException;
import java.util.List;
import java.util.Set;

/** Something that stores queries and tells which of them match a listing. For one thread. */
interface SearchSide extends AutoCloseable {

    /** Stores them in one go; the number of each is its id, from {@code first} on. */
    void register(int first, List<SearchQuery> queries) throws IOException;

    /** How many queries match one listing, ids only. */
    int match(SearchListing listing) throws IOException;

    /** How many match each of some listings in one call, altogether. */
    int match(List<SearchListing> listings) throws IOException;

    /** The ids themselves. */
    Set<String> found(SearchListing listing) throws IOException;

    /** How many queries were tried so far, since they could have matched. */
    long candidates();

    @Override
    void close() throws IOException;
}
