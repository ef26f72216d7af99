package io.heliograph.bench;

/** A product that carries events over UDP. */
interface UdpSide extends Side {

    /** One publisher and one subscriber, as a program opens them that wants nothing special. */
    Opened idle(Place place);
}
