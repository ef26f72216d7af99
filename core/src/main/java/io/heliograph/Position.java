package io.heliograph;

/**
 * An event's place on the wire.
 *
 * @param session  one life of a publisher; see {@link Session}
 * @param sequence the event's number in that session, from 0, without holes
 */
public record Position(long session, long sequence) implements Comparable<Position> {

    /** By session start, then by sequence; session numbers compare unsigned. */
    @Override
    public int compareTo(Position other) {
        int bySession = Long.compareUnsigned(session, other.session);
        return bySession != 0 ? bySession : Long.compare(sequence, other.sequence);
    }

    /** {@code <session>-<sequence>}: the session as 16 hexadecimal digits, the sequence in decimal. */
    @Override
    public String toString() {
        return Session.format(session) + "-" + sequence;
    }

    /**
     * Reads what {@link #toString} writes.
     *
     * @throws ConfigException if {@code text} is no position
     */
    public static Position parse(String text) {
        if (!text.matches("[0-9a-f]{16}-[0-9]{1,19}")) {
            throw new ConfigException("position", text, "16 hexadecimal digits, '-', a sequence number");
        }
        try {
            return new Position(Long.parseUnsignedLong(text.substring(0, 16), 16), Long.parseLong(text.substring(17)));
        } catch (NumberFormatException e) {
            throw new ConfigException("position", text, "a sequence number below 2^63");
        }
    }
}
