/**
 * Events over UDP: many are packed in one datagram, and since every datagram names its place in the
 * stream, what the network loses is counted exactly instead of guessed.
 */
package io.heliograph.udp;
