/**
 * Events over UDP, multicast or unicast, reliable unless the address says {@code reliable=false}.
 *
 * <p>A {@link io.heliograph.udp.UdpPublisher} packs events into datagrams and numbers both: each header carries the
 * datagram's sequence and that of its first event, and heartbeats carry the next ones, so a subscriber knows exactly how
 * many events it lost, the last ones included. The publisher keeps what it sent for a while. A
 * {@link io.heliograph.udp.UdpSubscriber} follows every session, puts datagrams in order, asks again for what is missing,
 * and reports how far the publisher may go.
 *
 * <pre>
 *   UdpPublisher                                          UdpSubscriber
 *    |- SessionSender                                      |- DatagramDispatcher    cuts trains, checks, opens
 *    |   |- SessionLog         packs, numbers, keeps       |- FollowedSessions      one SessionReceiver for each
 *    |   |   |- DatagramWriter, RetainedLog of Chunks      `- SessionReceiver
 *    |   |- Transmitter        credit, rate, repairs           |- DatagramOrder     order, duplicates, losses
 *    |   |   |- SendRate, RateControl, RepairQueue             |   |- HeldDatagrams, AnnouncedLosses
 *    |   |   `- Lines                                          |- EventDelivery     to handlers or backlogs
 *    |   |- HeartbeatSchedule, ControlSender                   |   |- Outlets, Reassembly
 *    |- ReportReader           who listens, who asks           |- RepairRequests    what is missing
 *    |   |- Receivers, Credit                                  |- StatusReports     how far the publisher may go
 *    |   `- Repairs            RepairGate, Cookies             `- ReturnPath
 *    |- LogRoom                what to do when it is full
 *    `- SenderThread           SenderDuty, ReportHearing
 *
 *   both    Datagram, ControlBody, ControlWriter   views and writers of what DatagramLayout draws
 *           DatagramSeal                           hides and proves it, in keyed mode
 *           DatagramIo                             the only thing that touches a socket
 * </pre>
 *
 * <p>Neither touches a socket except through {@link io.heliograph.udp.DatagramIo}, and neither reads a clock except the
 * injected one: a test runs both on one thread over a simulated link. {@link io.heliograph.udp.DatagramIos} opens the
 * sockets: Linux's own, which take and give many datagrams in one call, or the JDK's, which run everywhere.
 *
 * <p>A subscriber and its intakes share one lock, a publisher has its own; notices are told when they are released.
 */
package io.heliograph.udp;
