package io.heliograph.bench;

import io.heliograph.Event;
import io.heliograph.search.Field;
import io.heliograph.search.FieldType;
import io.heliograph.search.Match;
import io.heliograph.search.Registration;
import io.heliograph.search.Search;
import io.heliograph.search.SearchIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Our index, with the types of the listings' fields declared; it reads queries as text and listings as JSON. For one thread. */
final class HeliographSearchSide implements SearchSide {

    private final SearchIndex searches = SearchIndex.open();

    HeliographSearchSide() {
        List.of("title", "body").forEach(name -> searches.schema().declare(Field.of(name, FieldType.TEXT)));
        List.of("city", "cat").forEach(name -> searches.schema().declare(Field.of(name, FieldType.KEYWORD)));
        List.of("price", "size", "ts").forEach(name -> searches.schema().declare(Field.of(name, FieldType.LONG)));
    }

    @Override
    public void register(int first, List<SearchQuery> queries) {
        var batch = new ArrayList<Search>();
        for (SearchQuery query : queries) {
            batch.add(Search.of(Integer.toString(first + batch.size()), query.text()));
        }
        searches.register(batch).forEach(HeliographSearchSide::require);
    }

    private static void require(Registration outcome) {
        if (outcome instanceof Registration.Refused refused) {
            throw new IllegalStateException("query " + refused.searchId() + " was refused", refused.reason());
        }
    }

    @Override
    public int match(SearchListing listing) {
        return searches.match(event(listing)).size();
    }

    @Override
    public int match(List<SearchListing> listings) {
        return searches.match(listings.stream().map(HeliographSearchSide::event).toList(), Set.of()).stream().mapToInt(List::size).sum();
    }

    @Override
    public Set<String> found(SearchListing listing) {
        return searches.match(event(listing)).stream().map(Match::searchId).collect(Collectors.toSet());
    }

    private static Event event(SearchListing listing) {
        return Event.json("listings", listing.json());
    }

    @Override
    public long candidates() {
        return searches.counts().queriesRun();
    }

    @Override
    public void close() {
        searches.close();
    }
}
