package io.heliograph.search;

import java.util.Optional;

/** One value of an event: JSON's scalars, and the text of attributes. */
sealed interface Scalar {

    /** The value as text. */
    String text();

    /** The value as a number, if it is one or reads like one. */
    Optional<Double> number();

    /** The value as a whole number, if it is one or reads like one. */
    Optional<Long> whole();

    /** A string. */
    record Text(String text) implements Scalar {
        @Override
        public Optional<Double> number() {
            return Numbers.real(text);
        }

        @Override
        public Optional<Long> whole() {
            return Numbers.whole(text);
        }
    }

    /** A whole number of 64 bits. */
    record Whole(long value) implements Scalar {
        @Override
        public String text() {
            return Long.toString(value);
        }

        @Override
        public Optional<Double> number() {
            return Optional.of((double) value);
        }

        @Override
        public Optional<Long> whole() {
            return Optional.of(value);
        }
    }

    /** Any other number, with its text as it was written. */
    record Real(double value, String text) implements Scalar {
        @Override
        public Optional<Double> number() {
            return Double.isFinite(value) ? Optional.of(value) : Optional.empty();
        }

        @Override
        public Optional<Long> whole() {
            boolean isWhole = value == Math.rint(value) && Math.abs(value) < Numbers.EXACT;
            return isWhole ? Optional.of((long) value) : Optional.empty();
        }
    }

    /** True or false. */
    record Truth(boolean value) implements Scalar {
        @Override
        public String text() {
            return Boolean.toString(value);
        }

        @Override
        public Optional<Double> number() {
            return Optional.empty();
        }

        @Override
        public Optional<Long> whole() {
            return Optional.empty();
        }
    }
}
