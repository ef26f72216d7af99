package io.heliograph.alert;

import io.heliograph.TopicFilter;
import io.heliograph.search.Language;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * What its owner says of a saved search. Immutable.
 *
 * @param query     what it finds
 * @param topics    among the events of which topics
 * @param deliver   who gets its alerts
 * @param language  of the words in it; empty for each field's own
 * @param throttle  how many alerts it gives at most
 * @param digest    for how long matches are gathered to one alert
 * @param when      when matches give an alert; empty for each by itself
 * @param muteUntil until when it gives none
 * @param expiresAt from when on it finds nothing any more
 * @param tags      what its owner lists it by
 * @param state     whether it finds anything
 */
public record SearchSpec(QueryText query, List<TopicFilter> topics, List<Recipient> deliver, Optional<Language> language,
        Optional<Throttle> throttle, Optional<Duration> digest, Optional<Condition> when, Optional<Instant> muteUntil,
        Optional<Instant> expiresAt, List<String> tags, State state) {

    private static final int MOST_TOPICS = 100;
    private static final int MOST_RECIPIENTS = 100;
    private static final int MOST_TAGS = 32;
    private static final int MOST_TAG_LENGTH = 64;
    private static final Duration LONGEST_DIGEST = Duration.ofDays(31);

    /** Whether a search finds anything. */
    public enum State {
        /** It does. */
        ENABLED,
        /** It does not, until its owner says so. */
        DISABLED
    }

    /** @throws SearchSpecException if something is out of its bounds */
    public SearchSpec {
        topics = List.copyOf(topics);
        deliver = List.copyOf(deliver);
        tags = List.copyOf(tags);
        Bounds.count("/topics", topics.size(), 1, MOST_TOPICS);
        Bounds.count("/deliver", deliver.size(), 0, MOST_RECIPIENTS);
        Bounds.count("/tags", tags.size(), 0, MOST_TAGS);
        for (int i = 0; i < tags.size(); i++) {
            Bounds.text("/tags/" + i, tags.get(i), MOST_TAG_LENGTH);
        }
        if (new HashSet<>(tags).size() < tags.size()) {
            throw new SearchSpecException("/tags", "a tag is there twice");
        }
        digest.ifPresent(period -> Bounds.duration("/digest", period, LONGEST_DIGEST));
    }

    /** A search in Lucene's syntax among all topics, whose alerts go to the list of alerts alone. */
    public static SearchSpec of(String query) {
        return of(QueryText.of(query));
    }

    /** The same in either syntax. */
    public static SearchSpec of(QueryText query) {
        return new SearchSpec(query, List.of(TopicFilter.ALL), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Optional.empty(), List.of(), State.ENABLED);
    }

    /**
     * Reads one from JSON.
     *
     * @throws SearchSpecException if it is none; it has the place
     */
    public static SearchSpec parse(String json) {
        return SpecReader.read(json).spec();
    }

    /** It as JSON, as {@link #parse} reads it. */
    public String toJson() {
        return SpecWriter.write(this);
    }

    /** The same with another query. */
    public SearchSpec withQuery(QueryText other) {
        return new SearchSpec(other, topics, deliver, language, throttle, digest, when, muteUntil, expiresAt, tags, state);
    }

    /** The same among the events of these topics. */
    public SearchSpec withTopics(List<TopicFilter> other) {
        return new SearchSpec(query, other, deliver, language, throttle, digest, when, muteUntil, expiresAt, tags, state);
    }

    /** The same with its alerts delivered to these. */
    public SearchSpec withDeliver(List<Recipient> other) {
        return new SearchSpec(query, topics, other, language, throttle, digest, when, muteUntil, expiresAt, tags, state);
    }

    /** The same in a language. */
    public SearchSpec withLanguage(Language other) {
        return new SearchSpec(query, topics, deliver, Optional.of(other), throttle, digest, when, muteUntil, expiresAt, tags, state);
    }

    /** The same with no more alerts than this. */
    public SearchSpec withThrottle(Throttle other) {
        return new SearchSpec(query, topics, deliver, language, Optional.of(other), digest, when, muteUntil, expiresAt, tags, state);
    }

    /** The same with the matches of so long gathered to one alert. */
    public SearchSpec withDigest(Duration period) {
        return new SearchSpec(query, topics, deliver, language, throttle, Optional.of(period), when, muteUntil, expiresAt, tags, state);
    }

    /** The same with alerts under a condition. */
    public SearchSpec withWhen(Condition other) {
        return new SearchSpec(query, topics, deliver, language, throttle, digest, Optional.of(other), muteUntil, expiresAt, tags, state);
    }

    /** The same without alerts until then. */
    public SearchSpec withMuteUntil(Instant end) {
        return new SearchSpec(query, topics, deliver, language, throttle, digest, when, Optional.of(end), expiresAt, tags, state);
    }

    /** The same until then. */
    public SearchSpec withExpiresAt(Instant end) {
        return new SearchSpec(query, topics, deliver, language, throttle, digest, when, muteUntil, Optional.of(end), tags, state);
    }

    /** The same with other tags. */
    public SearchSpec withTags(List<String> other) {
        return new SearchSpec(query, topics, deliver, language, throttle, digest, when, muteUntil, expiresAt, other, state);
    }

    /** The same in another state. */
    public SearchSpec withState(State other) {
        return new SearchSpec(query, topics, deliver, language, throttle, digest, when, muteUntil, expiresAt, tags, other);
    }

    /** Whether it looks at events of this topic. */
    boolean wants(String topic) {
        return topics.stream().anyMatch(filter -> filter.matches(topic));
    }
}
