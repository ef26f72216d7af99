package io.heliograph.bench;

/** A child did not measure, or what it measured went wrong. */
final class MeasurementFailed extends Exception {

    MeasurementFailed(String why) {
        super(why);
    }
}
