package io.heliograph.udp;

import io.heliograph.ConfigException;
import java.util.Optional;

/**
 * One member's share of a group, by key: each event is handled by exactly one member, and all events of a key by the
 * same one, without a word among them. Written {@code group=NAME&member=2/4}. Immutable and thread-safe.
 *
 * <p>The owner of a key follows from its UTF-8 bytes alone, so that members in other languages agree: their FNV-1a hash
 * of 64 bits (Fowler, Noll, Vo), stirred by the last step of MurmurHash3 (Appleby), since FNV's low bits alone spread short keys
 * unevenly; the remainder of the unsigned result by the number of members. An event without a key belongs to the remainder
 * of its sequence.
 *
 * @param name    the group's
 * @param member  this member's number, from 0
 * @param members how many members the group has
 */
public record KeyShare(String name, int member, int members) {

    /** The most members of a group. */
    public static final int MAX_MEMBERS = 1024;

    private static final int MAX_NAME_LENGTH = 64;
    private static final String ALLOWED_MEMBER = "I/N, member I from 0 of N, where I < N <= " + MAX_MEMBERS + ", such as 0/4";

    /** @throws ConfigException for a name or number that cannot be used */
    public KeyShare {
        if (!name.matches("[A-Za-z0-9_-]{1," + MAX_NAME_LENGTH + "}")) {
            throw new ConfigException("group", name, "1 to " + MAX_NAME_LENGTH + " letters, digits, '_' or '-'");
        }
        if (members < 1 || members > MAX_MEMBERS || member < 0 || member >= members) {
            throw new ConfigException("member", member + "/" + members, ALLOWED_MEMBER);
        }
    }

    /**
     * Reads the two settings, of which both or neither are given.
     *
     * @throws ConfigException if one is missing, or cannot be used
     */
    static Optional<KeyShare> of(Optional<String> group, Optional<String> member) {
        if (group.isEmpty() && member.isEmpty()) {
            return Optional.empty();
        }
        String name = group.orElseThrow(() -> new ConfigException("member", member.orElseThrow(),
                "a member together with its group, such as group=billing&member=0/4"));
        String share = member.orElseThrow(() -> new ConfigException("group", name,
                "a group together with a member, such as group=billing&member=0/4"));
        if (!share.matches("[0-9]{1,4}/[0-9]{1,4}")) {
            throw new ConfigException("member", share, ALLOWED_MEMBER);
        }
        int slash = share.indexOf('/');
        return Optional.of(new KeyShare(name, Integer.parseInt(share, 0, slash, 10),
                Integer.parseInt(share, slash + 1, share.length(), 10)));
    }

    /** Whether this member handles an event with that key and sequence. Allocates nothing. */
    public boolean owns(Optional<String> key, long sequence) {
        long number = key.isPresent() ? hash(key.get()) : sequence;
        return Long.remainderUnsigned(number, members) == member;
    }

    private static long hash(String key) {
        long hash = 0xcbf2_9ce4_8422_2325L;
        for (int at = 0; at < key.length(); ) {
            int letter = key.codePointAt(at);
            at += Character.charCount(letter);
            if (letter >= Character.MIN_SURROGATE && letter <= Character.MAX_SURROGATE) {
                // Half a pair has no UTF-8; on the wire it is a question mark.
                letter = '?';
            }
            if (letter < 0x80) {
                hash = next(hash, letter);
            } else if (letter < 0x800) {
                hash = next(next(hash, 0xc0 | letter >> 6), 0x80 | letter & 0x3f);
            } else if (letter < 0x1_0000) {
                hash = next(next(next(hash, 0xe0 | letter >> 12), 0x80 | letter >> 6 & 0x3f), 0x80 | letter & 0x3f);
            } else {
                hash = next(next(hash, 0xf0 | letter >> 18), 0x80 | letter >> 12 & 0x3f);
                hash = next(next(hash, 0x80 | letter >> 6 & 0x3f), 0x80 | letter & 0x3f);
            }
        }
        return stirred(hash);
    }

    private static long next(long hash, int octet) {
        return (hash ^ octet) * 0x100_0000_01b3L;
    }

    private static long stirred(long hash) {
        long stirred = (hash ^ hash >>> 33) * 0xff51_afd7_ed55_8ccdL;
        stirred = (stirred ^ stirred >>> 33) * 0xc4ce_b9fe_1a85_ec53L;
        return stirred ^ stirred >>> 33;
    }
}
