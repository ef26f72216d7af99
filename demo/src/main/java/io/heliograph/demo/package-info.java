/**
 * The whole way of a number on one page: measured by a sender, gathered by StatsD, sent by
 * multicast, counted at every hop.
 */
package io.heliograph.demo;
