/**
 * Events over ZeroMQ: fan-out over TCP and within a process, to this library's own peers and to any other of ZeroMQ's.
 *
 * <p>Own peers meet on a port of their own and count: a {@link io.heliograph.zmq.ZmqPublisher} keeps a {@code Lane} for
 * each {@link io.heliograph.zmq.ZmqSubscriber}, in which the events that it wants are packed into frames, and words of
 * those that it does not want, or that its policy gave up, stand in their places. {@code docs/zmq.md} draws the messages.
 *
 * <p>Work queues hand each event to one worker of a group: a {@link io.heliograph.zmq.ZmqWorkPublisher} keeps a {@code WorkGroup}
 * of {@code Task}s for each group, and each subscription of a {@link io.heliograph.zmq.ZmqWorkSubscriber} is a {@code Worker} that
 * settles what it was handed.
 *
 * <pre>
 *   ZmqPublisher    Lane  of  Chunks             ZmqSubscriber    SessionReader  ->  Intakes
 *       |                                            |
 *   SocketLoop      RouterSocket, PlainOutlet    SocketLoop       DealerSocket, PlainInlet
 *
 *   ZmqWorkPublisher  WorkGroup  of  Tasks       ZmqWorkSubscriber  Worker, Enrolments
 * </pre>
 *
 * <p>JeroMQ's types appear in {@code Sockets}, in what is named {@code ...Socket}, {@code Plain...} or {@code Gate...}, and in {@code JoinedFrames}. A
 * {@code SocketLoop}'s thread alone uses sockets. A publisher has one lock, a subscriber and its intakes share one; no
 * socket is used under either.
 */
package io.heliograph.zmq;
