package io.heliograph.discovery;

import io.heliograph.ConfigException;
import io.heliograph.Topic;
import io.heliograph.TopicFilter;
import java.util.List;

/**
 * What a publisher or responder says of itself, again and again. Immutable and thread-safe. A hint, never a proof.
 *
 * @param peer      a random number for one life of it, so that two of one name, or two lives, are told apart
 * @param name      what it is called: 1 to {@value #MAX_NAME_LENGTH} ASCII letters, digits, {@code .}, {@code _}, {@code -}
 * @param addresses where it is: 1 to {@value #MAX_ADDRESSES}, each of 1 to {@value #MAX_TEXT_LENGTH} printable ASCII
 *                  characters without spaces; none in a goodbye
 * @param topics    what is there, as topics or filters: at most {@value #MAX_TOPICS}; empty if it does not say
 * @param expiryMs  after how many milliseconds without another beacon it is gone, at most {@value #MAX_EXPIRY_MS};
 *                  0 is a goodbye
 */
public record Beacon(long peer, String name, List<String> addresses, List<String> topics, int expiryMs)
        implements DecodedBeacon {

    /** The longest name. */
    public static final int MAX_NAME_LENGTH = 63;

    /** The longest address, and the longest topic. */
    public static final int MAX_TEXT_LENGTH = Topic.MAX_LENGTH;

    /** The most addresses. */
    public static final int MAX_ADDRESSES = 8;

    /** The most topics. */
    public static final int MAX_TOPICS = 32;

    /** The longest that a silent peer is remembered. */
    public static final int MAX_EXPIRY_MS = 60_000;

    /** @throws ConfigException for anything that a beacon cannot say, or that does not fit into one */
    public Beacon {
        addresses = List.copyOf(addresses);
        topics = List.copyOf(topics);
        requireName(name);
        addresses.forEach(Beacon::requireAddress);
        topics.forEach(TopicFilter::of);
        boolean isGoodbye = expiryMs == 0;
        if (expiryMs < 0 || expiryMs > MAX_EXPIRY_MS) {
            throw new ConfigException("expiry in ms", expiryMs, "0 to " + MAX_EXPIRY_MS);
        }
        requireCount("announced addresses", addresses.size(), isGoodbye ? 0 : 1, isGoodbye ? 0 : MAX_ADDRESSES);
        requireCount("announced topics", topics.size(), 0, isGoodbye ? 0 : MAX_TOPICS);
        int bytes = BeaconCodec.encodedLength(name, addresses, topics);
        if (bytes > BeaconCodec.MAX_BYTES) {
            throw new ConfigException("announcement in bytes", bytes, "at most " + BeaconCodec.MAX_BYTES
                    + ": announce fewer or shorter addresses and topics");
        }
    }

    /** The last word of the same peer. */
    public Beacon goodbye() {
        return new Beacon(peer, name, List.of(), List.of(), 0);
    }

    /** Whether the peer says that it goes. */
    public boolean isGoodbye() {
        return expiryMs == 0;
    }

    /** @throws ConfigException if {@code name} is no peer's name */
    static void requireName(String name) {
        if (!isName(name)) {
            throw new ConfigException("announce", name,
                    "1 to " + MAX_NAME_LENGTH + " ASCII letters, digits, '.', '_' and '-'");
        }
    }

    private static void requireAddress(String address) {
        if (!isAddress(address)) {
            throw new ConfigException("announced address", address,
                    "1 to " + MAX_TEXT_LENGTH + " printable ASCII characters without spaces");
        }
    }

    private static void requireCount(String what, int count, int least, int most) {
        if (count < least || count > most) {
            throw new ConfigException(what, count, least + " to " + most);
        }
    }

    static boolean isName(String name) {
        return !name.isEmpty() && name.length() <= MAX_NAME_LENGTH && name.chars().allMatch(c ->
                c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-');
    }

    static boolean isAddress(String address) {
        return !address.isEmpty() && address.length() <= MAX_TEXT_LENGTH && address.chars().allMatch(c -> c > ' ' && c < 0x7f);
    }
}
