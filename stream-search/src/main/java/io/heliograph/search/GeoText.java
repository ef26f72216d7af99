package io.heliograph.search;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Places and distances as they are written. */
final class GeoText {

    private static final Pattern NUMBER = Pattern.compile("[+-]?[0-9]{1,20}(\\.[0-9]{1,20})?");
    private static final Pattern DISTANCE = Pattern.compile("([0-9]{1,20}(?:\\.[0-9]{1,20})?)\\s*([a-z]*)");
    private static final Map<String, Double> UNITS = Map.of("", 1.0, "m", 1.0, "km", 1000.0, "mi", 1609.344, "miles", 1609.344,
            "yd", 0.9144, "ft", 0.3048, "nmi", 1852.0, "cm", 0.01);
    /** Half way round the earth. */
    private static final double MAX_METRES = 20_037_508;

    private GeoText() {
    }

    /** What stands between parentheses, with commas or spaces between. */
    record Arguments(List<String> texts, Place place, String allowed) {

        double latitude(int index) {
            return degrees(index, 90, "a latitude from -90 to 90");
        }

        double longitude(int index) {
            return degrees(index, 180, "a longitude from -180 to 180");
        }

        double metres(int index) {
            return GeoText.metres(texts.get(index)).orElseThrow(() -> new QueryException(place, texts.get(index),
                    "a distance is such as 500m, 10km or 3mi, and at most half way round the earth"));
        }

        private double degrees(int index, double most, String what) {
            return number(texts.get(index)).filter(value -> Math.abs(value) <= most)
                    .orElseThrow(() -> new QueryException(place, texts.get(index), "expected is " + what));
        }
    }

    static Arguments arguments(String text, int count, Place place, String allowed) {
        List<String> texts = Stream.of(text.trim().split("[,\\s]+")).toList();
        if (texts.size() != count) {
            throw new QueryException(place, text, "between the parentheses stand " + allowed);
        }
        return new Arguments(texts, place, allowed);
    }

    static Clause box(Place place, String source, String field, double top, double left, double bottom, double right) {
        if (bottom > top) {
            throw new QueryException(place, source, "the box's bottom " + bottom + " lies above its top " + top);
        }
        return new Clause.Box(place, source, field, top, left, bottom, right);
    }

    static Optional<Double> number(String text) {
        return NUMBER.matcher(text).matches() ? Optional.of(Double.parseDouble(text)) : Optional.empty();
    }

    static Optional<Double> metres(String text) {
        Matcher matcher = DISTANCE.matcher(text.toLowerCase(Locale.ROOT));
        if (!matcher.matches() || !UNITS.containsKey(matcher.group(2))) {
            return Optional.empty();
        }
        double metres = Double.parseDouble(matcher.group(1)) * UNITS.getOrDefault(matcher.group(2), 1.0);
        return metres <= MAX_METRES ? Optional.of(metres) : Optional.empty();
    }
}
