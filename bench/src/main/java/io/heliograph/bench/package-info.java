/**
 * Measurements: a figure counts only beside a yardstick that was taken in the same run on the same
 * machine.
 */
package io.heliograph.bench;
