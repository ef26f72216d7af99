package io.heliograph.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Somebody who announced itself; as it says, unproven.
 *
 * @param beacon  its last beacon
 * @param source  where that came from
 * @param silence how long ago
 */
public record Peer(Beacon beacon, InetSocketAddress source, Duration silence) {
}
