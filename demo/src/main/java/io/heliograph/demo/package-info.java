/**
 * The whole house on one page: metrics come in over UDP, are gathered, leave as events over multicast, come back, are stored, shown in
 * a browser, matched against saved searches, and sent as signed webhooks; with the loss of every hop.
 *
 * <pre>
 *  WebShop, MachineFigures        statsd              udp://239.77.1.1        StallableHandler
 * +-----------------------+   +--------------+   +--------------------+   +------------------+
 * | numbered datagrams    |-->| StatsdServer |-->| Publisher,         |-->| Subscription,    |--.
 * +-----------------------+   | panes of 1 s |   | drop-oldest        |   | drop-*:40        |  |
 *   anyone's datagrams ------>+--------------+   +--------------------+   +------------------+  |
 *                                  Listings ------------^                                       |
 *                   lost: exact for the       not accepted:         lost: by reason             |
 *                   numbered, else "at least" dropped, refused      (gaps)                      |
 *                                                                                               |
 *    .------------------------------------------------------------------------------------------'
 *    v           all of it {@code serve --dev}
 * +--------+   +----------------+   +----------------------+   +---------------+
 * | outbox |-->| saved searches |-->| a signed webhook     |-->| AlertReceiver |
 * +--------+   +----------------+   +----------------------+   +---------------+
 *    '--> the page
 * </pre>
 *
 * <p>{@link io.heliograph.demo.Demo} runs it for the command {@code heliograph demo}:
 *
 * <pre>{@code
 * int exitCode = new Demo(DemoConfig.defaults(), System.out, System.err).run();
 * }</pre>
 */
package io.heliograph.demo;
