/**
 * Events over UDP, multicast or unicast.
 *
 * <p>A {@link io.heliograph.udp.UdpPublisher} packs events into datagrams and numbers both: each header carries the
 * datagram's sequence and that of its first event, and heartbeats carry the next ones, so a subscriber knows exactly how
 * many events it lost, the last ones included. A {@link io.heliograph.udp.UdpSubscriber} follows every session, puts
 * datagrams in order within a small window, and reports back that it listens.
 *
 * <p>Neither touches a socket except through {@link io.heliograph.udp.DatagramIo}, and neither reads a clock except the
 * injected one: a test runs both on one thread over a simulated link. {@link io.heliograph.udp.DatagramIos} opens the
 * sockets: Linux's own, which take and give many datagrams in one call, or the JDK's, which run everywhere. Lost datagrams are told, not yet repaired; an
 * address must say so, {@code reliable=false}.
 *
 * <p>Lock order: a subscriber's or publisher's lock, then an intake's.
 */
package io.heliograph.udp;
