/**
 * The command line: data goes to standard output and everything else to standard error, so that
 * each command can be one word in a pipe.
 */
package io.heliograph.cli;
