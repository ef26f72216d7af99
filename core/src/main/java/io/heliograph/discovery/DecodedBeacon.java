package io.heliograph.discovery;

/** What a datagram turned out to be: a beacon, or one named reason why not. */
public sealed interface DecodedBeacon permits Beacon, MalformedBeacon {
}
