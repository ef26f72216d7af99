/**
 * A StatsD server: lines such as {@code checkout.time:12|ms} arrive as datagrams and are gathered
 * over a flush interval; then each metric goes on as one event.
 */
package io.heliograph.statsd;
