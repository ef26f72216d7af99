/**
 * Tests that a transport must pass, and the tools they are made of; both are for users too.
 *
 * <p>A transport's test extends a contract and says what it promises:
 *
 * <pre>
 * {@code
 * class MyPublisherTest extends PublisherContract {
 *     protected TransportUnderTest transport() {
 *         return new MyTransportUnderTest();     // capabilities(), freshAddress()
 *     }
 * }
 * }
 * </pre>
 *
 * <p>Every case ends at rest: handlers idle, publishers closed. Then a {@link io.heliograph.testkit.Recorder}, which saw
 * every publish and every arrival and trusts no counter of the code under test, compares both ends and both ledgers.
 *
 * <pre>
 *  publish ---> RecordedPublisher ---> the transport under test ---> RecordedSubscription ---> handler
 *                      |                    |           |                     |
 *                      |              PublisherSums  SubscriberSums           |
 *                      v                    v           v                     v
 *                  +------------------------ Recorder.report() --------------------+
 * </pre>
 *
 * <p>Nothing sleeps: {@link io.heliograph.testkit.ManualClock} stands still until it is advanced, and tells how many
 * threads wait on it. {@link io.heliograph.testkit.SimLink} carries datagrams and drops, doubles, reorders, delays, cuts
 * short and corrupts them as a seed says; {@link io.heliograph.testkit.ImpairedLink} does the same between processes,
 * and {@link io.heliograph.testkit.NetworkNamespaces} puts processes on hosts of their own, with the kernel's faults between.
 */
package io.heliograph.testkit;
