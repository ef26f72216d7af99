package io.heliograph.discovery;

import io.heliograph.ConfigException;
import io.heliograph.Notation;
import io.heliograph.TopicFilter;
import io.heliograph.spi.Address;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * How something is announced. Immutable and thread-safe.
 *
 * @param name   what it is called; need not be unique
 * @param topics what is there, as topics or filters; empty to say nothing of it
 * @param group  where beacons go
 * @param period how long from one beacon to the next at most, {@code 100ms} to {@code 20s}; whoever hears none for three
 *               of these takes the peer for gone
 */
public record AnnouncementConfig(String name, List<String> topics, DiscoveryGroup group, Duration period) {

    /** The period unless told otherwise. */
    public static final Duration DEFAULT_PERIOD = Duration.ofSeconds(1);

    private static final Duration LEAST_PERIOD = Duration.ofMillis(100);
    private static final Duration MOST_PERIOD = Duration.ofSeconds(20);

    /** @throws ConfigException for anything that cannot be announced */
    public AnnouncementConfig {
        topics = List.copyOf(topics);
        Beacon.requireName(name);
        topics.forEach(TopicFilter::of);
        if (period.compareTo(LEAST_PERIOD) < 0 || period.compareTo(MOST_PERIOD) > 0) {
            throw new ConfigException("announcement period", period,
                    Notation.write(LEAST_PERIOD) + " to " + Notation.write(MOST_PERIOD));
        }
    }

    /** {@code name}, without topics, to the default group and at the default period. */
    public static AnnouncementConfig named(String name) {
        return new AnnouncementConfig(name, List.of(), DiscoveryGroup.DEFAULT, DEFAULT_PERIOD);
    }

    /**
     * What an address asks for; empty, as by default, if it has no {@code announce}.
     *
     * <pre>
     * announce         a name
     * announce-topics  topics or filters joined by commas    none said
     * announce-group   an IPv4 multicast group and its port  239.77.255.77:4769
     * </pre>
     *
     * @throws ConfigException for anything that cannot be announced
     */
    public static Optional<AnnouncementConfig> of(Address address) {
        Optional<String> name = address.setting("announce");
        for (String setting : List.of("announce-topics", "announce-group")) {
            address.setting(setting).filter(value -> name.isEmpty()).ifPresent(value -> {
                throw new ConfigException(setting, value, "nothing without announce=NAME");
            });
        }
        return name.map(AnnouncementConfig::named)
                .map(config -> config.withTopics(address.setting("announce-topics")
                        .map(topics -> List.of(topics.split(",", -1))).orElse(config.topics)))
                .map(config -> config.withGroup(address.setting("announce-group")
                        .map(group -> DiscoveryGroup.parse("announce-group", group)).orElse(config.group)));
    }

    /** The same with other topics. */
    public AnnouncementConfig withTopics(List<String> others) {
        return new AnnouncementConfig(name, others, group, period);
    }

    /** The same to another group. */
    public AnnouncementConfig withGroup(DiscoveryGroup other) {
        return new AnnouncementConfig(name, topics, other, period);
    }

    /** The same at another period. */
    public AnnouncementConfig withPeriod(Duration other) {
        return new AnnouncementConfig(name, topics, group, other);
    }
}
