package io.heliograph.search;

import java.util.Optional;

/** Which values a type of field can hold, and which type a value suggests. */
final class Values {

    private Values() {
    }

    static boolean fits(FieldType type, Scalar value) {
        return switch (type) {
            case TEXT, KEYWORD -> true;
            // Places are objects or arrays as often as not; their parts are numbers.
            case GEO_POINT -> value instanceof Scalar.Text(String text) ? point(text) : !(value instanceof Scalar.Truth);
            case LONG -> value.whole().isPresent();
            case DOUBLE -> value.number().isPresent();
            case BOOLEAN -> truth(value).isPresent();
            case DATE -> moment(value).isPresent();
        };
    }

    static FieldType typeOf(Scalar value) {
        return switch (value) {
            case Scalar.Text(String text) -> Moments.isDate(text) ? FieldType.DATE : FieldType.TEXT;
            case Scalar.Whole whole -> FieldType.LONG;
            case Scalar.Real real -> FieldType.DOUBLE;
            case Scalar.Truth truth -> FieldType.BOOLEAN;
        };
    }

    /** A type for values of both. */
    static FieldType together(FieldType one, FieldType other) {
        boolean areNumbers = (one == FieldType.LONG || one == FieldType.DOUBLE) && (other == FieldType.LONG || other == FieldType.DOUBLE);
        return areNumbers ? FieldType.DOUBLE : FieldType.TEXT;
    }

    static Optional<Boolean> truth(Scalar value) {
        return switch (value) {
            case Scalar.Truth(boolean is) -> Optional.of(is);
            case Scalar.Text(String text) when text.equals("true") || text.equals("false") -> Optional.of(text.equals("true"));
            default -> Optional.empty();
        };
    }

    /** Milliseconds since 1970; the first of a day or a month. */
    static Optional<Long> moment(Scalar value) {
        return value instanceof Scalar.Text(String text)
                ? Moments.span(text).map(Moments.Span::firstMs)
                : value.whole();
    }

    static boolean point(String text) {
        String[] both = text.split(",", -1);
        return both.length == 2 && degrees(both[0], 90).isPresent() && degrees(both[1], 180).isPresent();
    }

    static Optional<Double> degrees(String text, double most) {
        return Numbers.real(text.trim()).filter(value -> Math.abs(value) <= most);
    }
}
