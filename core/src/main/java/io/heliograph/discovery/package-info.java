/**
 * Finding publishers and responders without a server: each may announce itself, and whoever wants to know listens.
 *
 * <pre>
 *   Announcement  --- Beacon, as BeaconCodec writes it, once a period --->  DiscoveryGroup  --->  PeerListener  --->  Peers
 *   (a publisher's)                                                         239.77.255.77:4769                        bounded,
 *                 --- goodbye, when it is closed ----------------------->                                            expiring
 * </pre>
 *
 * <pre>
 * {@code
 * try (var listener = PeerListener.open(Interfaces.named("loopback"), DiscoveryGroup.DEFAULT, Environment.system())) {
 *     ...
 *     listener.peers().list().forEach(peer -> System.out.println(peer.beacon().addresses()));
 * }
 * }
 * </pre>
 *
 * <p>Off unless asked for, and on the loopback interface unless another is chosen. A beacon is a hint and proves nothing:
 * whoever reaches the group can send any, under any name. It is checked for its form alone, so decide what to connect
 * to by what you trust, and let keys, not names, say who is there. {@code docs/wire.md} has the bytes.
 *
 * <p>These sockets are opened here and not by a transport, since every transport may announce and none knows another.
 */
package io.heliograph.discovery;
