package io.heliograph.search;

import io.heliograph.search.EventValues.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.DoublePoint;
import org.apache.lucene.document.LatLonPoint;
import org.apache.lucene.document.LongPoint;
import org.apache.lucene.document.StringField;
import org.apache.lucene.document.TextField;

/** Makes Lucene's document of an event's values, in the forms that some query looks at. Used once. */
final class EventDocument {

    /** Lucene refuses a document for one term beyond 32,766 bytes. */
    private static final int MAX_KEYWORD_CHARS = 8000;

    private final Targets targets;
    private final Tally tally;
    private final Document document = new Document();
    private final Set<String> present = new HashSet<>();
    /** What may be parts of a place, by the path of the place. */
    private final Map<String, GeoParts> places = new LinkedHashMap<>();

    private EventDocument(Targets targets, Tally tally) {
        this.targets = targets;
        this.tally = tally;
    }

    static Document of(List<Value> values, Targets targets, Tally tally) {
        var making = new EventDocument(targets, tally);
        values.forEach(making::add);
        making.places.forEach((path, parts) -> parts.points()
                .forEach(point -> making.document.add(new LatLonPoint(Target.of(path, Target.Form.PLACE).lucene(), point.latitude(), point.longitude()))));
        return making.document;
    }

    private void add(Value value) {
        for (Target target : targets.at(value.path())) {
            add(target, value.scalar());
        }
        boolean isOfData = !isContext(value.path());
        if (isOfData && !value.path().equals(FieldPath.DATA) && !(value.scalar() instanceof Scalar.Truth)) {
            for (Target target : targets.at(FieldPath.DATA)) {
                add(target, value.scalar());
            }
        }
        if (targets.anyPresence()) {
            addPresence(value.path());
            if (isOfData) {
                addPresence(FieldPath.DATA);
            }
        }
        if (isOfData) {
            addToPlaces(value);
        }
    }

    private static boolean isContext(String path) {
        return path.equals(FieldPath.TOPIC) || path.equals(FieldPath.SUBJECT) || path.startsWith(FieldPath.ATTRIBUTES);
    }

    private void add(Target target, Scalar scalar) {
        String name = target.lucene();
        switch (target.form()) {
            case WORDS -> document.add(new TextField(name, scalar.text(), org.apache.lucene.document.Field.Store.NO));
            case EXACT -> addKeyword(name, scalar.text());
            case WHOLE -> addKeyword(name, scalar.text().toLowerCase(Locale.ROOT));
            case LONG -> scalar.whole().ifPresent(number -> document.add(new LongPoint(name, number)));
            case DOUBLE -> scalar.number().ifPresent(number -> document.add(new DoublePoint(name, number + 0.0)));
            case BOOLEAN -> Values.truth(scalar).ifPresent(is -> addKeyword(name, is.toString()));
            case MOMENT -> Values.moment(scalar).ifPresent(ms -> document.add(new LongPoint(name, ms)));
            case PLACE, PRESENCE -> { }
        }
    }

    private void addKeyword(String name, String text) {
        if (text.length() > MAX_KEYWORD_CHARS) {
            tally.valuesLeftOut.increment();
            return;
        }
        document.add(new StringField(name, text, org.apache.lucene.document.Field.Store.NO));
    }

    /** A value is there, and so are the objects around it. */
    private void addPresence(String path) {
        for (String at = path; !at.isEmpty(); at = at.substring(0, Math.max(at.lastIndexOf('.'), 0))) {
            if (present.add(at)) {
                Target target = QueryCompiler.presence(at);
                if (targets.at(at).contains(target)) {
                    document.add(new StringField(target.lucene(), Patterns.PRESENT, org.apache.lucene.document.Field.Store.NO));
                }
            } else {
                return;
            }
        }
    }

    private void addToPlaces(Value value) {
        partsAt(value.path()).ifPresent(parts -> parts.addValue(value.scalar()));
        int dot = value.path().lastIndexOf('.');
        if (dot > 0) {
            String member = value.path().substring(dot + 1);
            partsAt(value.path().substring(0, dot)).ifPresent(parts -> parts.addMember(member, value.scalar()));
        }
    }

    private Optional<GeoParts> partsAt(String path) {
        boolean isPlace = targets.at(path).stream().anyMatch(target -> target.form() == Target.Form.PLACE);
        return isPlace ? Optional.of(places.computeIfAbsent(path, p -> new GeoParts())) : Optional.empty();
    }

    /** A place on earth. */
    record Point(double latitude, double longitude) {
    }

    /** The numbers and texts that a field's places are made of, in order. */
    private static final class GeoParts {
        private final List<Point> whole = new ArrayList<>();
        private final List<Double> latitudes = new ArrayList<>();
        private final List<Double> longitudes = new ArrayList<>();
        /** Longitude and latitude by turns, as GeoJSON has it. */
        private final List<Double> pairs = new ArrayList<>();

        void addValue(Scalar scalar) {
            if (scalar instanceof Scalar.Text(String text) && Values.point(text)) {
                String[] both = text.split(",", -1);
                whole.add(new Point(Values.degrees(both[0], 90).orElseThrow(), Values.degrees(both[1], 180).orElseThrow()));
            } else {
                scalar.number().ifPresent(pairs::add);
            }
        }

        void addMember(String name, Scalar scalar) {
            switch (name) {
                case "lat", "latitude" -> scalar.number().ifPresent(latitudes::add);
                case "lon", "lng", "longitude" -> scalar.number().ifPresent(longitudes::add);
                case "coordinates" -> scalar.number().ifPresent(pairs::add);
                default -> { }
            }
        }

        List<Point> points() {
            List<Point> points = new ArrayList<>(whole);
            if (latitudes.size() == longitudes.size()) {
                for (int i = 0; i < latitudes.size(); i++) {
                    add(points, latitudes.get(i), longitudes.get(i));
                }
            }
            for (int i = 0; i + 1 < pairs.size(); i += 2) {
                add(points, pairs.get(i + 1), pairs.get(i));
            }
            return points;
        }

        private static void add(List<Point> points, double latitude, double longitude) {
            if (Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180) {
                points.add(new Point(latitude, longitude));
            }
        }
    }
}
