package io.heliograph.webhook;

import io.heliograph.ConfigException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys of one endpoint, the newest first. After a {@link #rotate rotation} the old ones go on signing beside the new
 * one until their time is over. Immutable; shows no key.
 *
 * @param keys 1 to {@value #MAX_KEYS}; the first of them never ends
 */
public record KeyRing(List<Entry> keys) {

    /** The most keys at a time: each makes the header longer and costs a signature. */
    public static final int MAX_KEYS = 10;

    /**
     * One key.
     *
     * @param until when it stops signing; empty for as long as it is the newest
     */
    public record Entry(SigningKey key, Optional<Instant> until) {

        boolean isValidAt(Instant now) {
            return until.map(now::isBefore).orElse(true);
        }
    }

    /** @throws ConfigException if there is none or too many, or the first of them ends */
    public KeyRing {
        keys = List.copyOf(keys);
        if (keys.isEmpty() || keys.size() > MAX_KEYS) {
            throw new ConfigException("signing keys", keys.size(), "1 to " + MAX_KEYS);
        }
        if (keys.getFirst().until().isPresent()) {
            throw new ConfigException("end of the newest key", keys.getFirst().until().get(), "none");
        }
    }

    /** A ring of one key. */
    public static KeyRing of(SigningKey key) {
        return new KeyRing(List.of(new Entry(key, Optional.empty())));
    }

    /**
     * The ring with a newer key of the same kind as it: those of that kind go on for {@code overlap} at most. Keys of the
     * other kind stay as they are.
     *
     * @throws ConfigException if {@code overlap} is negative, or too many keys would be valid at once
     */
    public KeyRing rotate(SigningKey newest, Duration overlap, Instant now) {
        if (overlap.isNegative()) {
            throw new ConfigException("overlap of keys", overlap, "0 or more");
        }
        Instant end = now.plus(overlap);
        var rotated = new ArrayList<Entry>();
        rotated.add(new Entry(newest, Optional.empty()));
        for (Entry entry : keys) {
            boolean isReplaced = entry.key().version() == newest.version();
            Entry kept = isReplaced ? new Entry(entry.key(), Optional.of(earlier(entry.until(), end))) : entry;
            if (kept.isValidAt(now)) {
                rotated.add(kept);
            }
        }
        return new KeyRing(rotated);
    }

    private static Instant earlier(Optional<Instant> until, Instant end) {
        return until.filter(end::isAfter).orElse(end);
    }

    /** The ring with a key of another kind beside those it has. */
    public KeyRing plus(SigningKey key) {
        var more = new ArrayList<>(keys);
        more.add(new Entry(key, Optional.empty()));
        return new KeyRing(more);
    }

    /** What signs at this moment. */
    public Signer signerAt(Instant now) {
        var valid = new ArrayList<SigningKey>(keys.size());
        for (Entry entry : keys) {
            if (entry.isValidAt(now)) {
                valid.add(entry.key());
            }
        }
        return Signer.of(valid);
    }
}
