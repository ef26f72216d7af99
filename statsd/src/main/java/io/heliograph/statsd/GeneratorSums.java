package io.heliograph.statsd;

/**
 * What arrived of one numbered generator, in datagrams. Its numbers begin at 1, so up to the highest number seen nothing
 * is unknown: {@code highest = received + lost}. What it sent after that, only the generator can tell.
 *
 * @param id         the generator's id
 * @param highest    the highest number seen
 * @param received   distinct numbers seen
 * @param lost       numbers below the highest that have not been seen
 * @param duplicates beside the sum: datagrams whose number was seen before
 * @param reordered  beside the sum: of the received, those that came after a higher number
 * @param stale      beside the sum: datagrams too far behind the highest to tell whether they are new; if they were, they
 *                   still count as lost
 */
public record GeneratorSums(String id, long highest, long received, long lost, long duplicates, long reordered,
        long stale) {

    /** What the terms leave unexplained; anything but 0 is a defect. */
    public long difference() {
        return highest - received - lost;
    }
}
