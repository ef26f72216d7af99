/**
 * Measurements: a figure counts only beside a yardstick that was taken in the same run on the same
 * machine.
 *
 * <pre>
 *  bench/run core ----> Bench ----> child JVM: CoreMeasurements ----> "sample core.encode 61.2" lines
 *                         |                 (one after the other, as many as there are rounds)
 *                         +-------> Row: median of all samples, against a target or a peer -> Report
 *
 *  bench/run udp -----> Suite ------> ChildSession: Task lines  --stdin--> UdpChild, ZmqChild: OneWay, RoundTrip, ...
 *            zmq          |                         samples    &lt;-stdout--      over a Side: ours or a peer's
 *            webhooks     |                                               WebhookChild
 *            search       |                                               SearchChild: a SearchSide, ours or Lucene's Monitor
 *                         +-------> CaseRow, SuiteReport: ours / peer's, void where the peer is weak -> Report
 * </pre>
 *
 * <p>A child warms up before it measures, checks that what it measured gave the right results, and ends with a code other
 * than 0 if it did not; then there is no figure at all.
 */
package io.heliograph.bench;
