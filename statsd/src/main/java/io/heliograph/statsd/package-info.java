/**
 * A StatsD server as a library: lines arrive as UDP datagrams, are gathered over a flush period, and leave as events.
 *
 * <pre>
 *  datagrams                    statsd-receiver                       statsd-flush
 * +-----------+   +--------------+   +-----------------+   +------+   +--------------+   +-----------+
 * | foo:1|c   |-->| StatsdParser |-->| the open pane,  |-->| Pane |-->| MetricEvents |-->| Publisher |
 * | bar:12|ms |   | line by line |   | series by series|   +------+   +--------------+   +-----------+
 * +-----------+   +--------------+   +-----------------+
 *                   bad (reason)       rejected (limit)                                   PublishResult
 * </pre>
 *
 * <p>A server needs a port and a publisher:
 *
 * <pre>{@code
 * try (Publisher publisher = Heliograph.publisher("udp://239.77.1.1:4770");
 *         StatsdServer server = StatsdServer.start(StatsdConfig.defaults(), publisher)) {
 *     System.out.println("send to " + server.localAddress());
 *     ...
 *     System.out.println(server.counters());
 * }
 * }</pre>
 *
 * <p>Then {@code echo 'foo:1|c' >/dev/udp/127.0.0.1/8125} becomes, within a second, an event of topic
 * {@code metrics.counter} and subject {@code foo}. {@link io.heliograph.statsd.StatsdParser} draws the grammar,
 * {@link io.heliograph.statsd.MetricEvents} shows the event.
 *
 * <p><b>Only what changed is flushed.</b> A series without a value in a pane has no event for it. A gauge remembers its
 * value all the same, so that {@code foo:+1|g} has something to add to, until it was idle for
 * {@link io.heliograph.statsd.StatsdConfig#forgetAfter}.
 *
 * <p><b>Panes merge.</b> A {@link io.heliograph.statsd.Pane} is immutable, and two of them make a longer one with the
 * same figures as if it had been gathered in one piece: {@link io.heliograph.statsd.TimerSummary} keeps sketches, not
 * percentiles. Windows of any length are made of panes.
 *
 * <p><b>Nothing vanishes.</b> {@link io.heliograph.statsd.StatsdCounters} holds two sums: each line is applied, bad or
 * rejected, and each event came to a result. What the kernel drops before the server reads it is known as "at least";
 * generators that number their datagrams ({@link io.heliograph.statsd.GeneratorSequence}) are counted exactly. Bytes
 * from strangers cost memory only up to the limits in {@link io.heliograph.statsd.StatsdConfig}.
 */
package io.heliograph.statsd;
