package io.heliograph.alert;

import io.heliograph.Event;
import java.time.Instant;

/**
 * An alert that is on disk.
 *
 * @param position grows from alert to alert; lists go by it
 * @param tenant   whose it is
 * @param search   the search that gave it
 * @param at       when it was given
 * @param event    the alert itself, of topic {@code heliograph.alert}; its id is the same whenever the same match is made again
 */
public record Alert(long position, String tenant, String search, Instant at, Event event) {
}
