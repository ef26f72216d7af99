/**
 * HTTP in front of the ports: a stream of events is a response that stays open, and the page is
 * simply its first reader.
 */
package io.heliograph.server;
