package io.heliograph;

/**
 * Proof that an event is on disk.
 *
 * @param id    the event's id
 * @param where what holds it, in words: a journal's position, an outbox
 */
public record Receipt(String id, String where) {
}
