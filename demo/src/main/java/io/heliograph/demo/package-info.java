/**
 * The whole house on one page: metrics come in over UDP, are gathered, leave as events over multicast, and are shown in
 * a browser, with the loss of every hop.
 *
 * <pre>
 *  WebShop, MachineFigures        statsd              udp://239.77.1.1        StallableHandler       browser
 * +-----------------------+   +--------------+   +--------------------+   +------------------+   +-----------+
 * | numbered datagrams    |-->| StatsdServer |-->| Publisher,         |-->| Subscription,    |-->| the page  |
 * +-----------------------+   | panes of 1 s |   | drop-oldest        |   | drop-*:64        |   +-----------+
 *   anyone's datagrams ------>+--------------+   +--------------------+   +------------------+
 *                   lost: exact for the       not accepted:         lost: by reason      missed: told
 *                   numbered, else "at least" dropped, refused      (gaps)               to the viewer
 * </pre>
 *
 * <p>{@link io.heliograph.demo.Demo} runs it for the command {@code heliograph demo}:
 *
 * <pre>{@code
 * int exitCode = new Demo(DemoConfig.defaults(), System.out, System.err).run();
 * }</pre>
 */
package io.heliograph.demo;
