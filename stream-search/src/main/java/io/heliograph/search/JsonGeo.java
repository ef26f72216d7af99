package io.heliograph.search;

import io.heliograph.search.JsonValue.Array;
import io.heliograph.search.JsonValue.Member;
import io.heliograph.search.JsonValue.Obj;
import io.heliograph.search.JsonValue.Scalar;
import java.util.List;
import java.util.Optional;

/** Reads {@code geo_distance} and {@code geo_bounding_box}. */
final class JsonGeo {

    private static final String POINT = "a place is {\"lat\": 52.5, \"lon\": 13.4}, \"52.5,13.4\" or [13.4, 52.5]";

    private JsonGeo() {
    }

    private record Point(double latitude, double longitude) {
    }

    static Clause distance(Member kind, JsonMembers members, Budget budget) {
        Scalar distance = JsonQueryParser.scalar(members.need("distance"), "distance is such as \"10km\"");
        Optional<JsonValue> name = members.take("_name");
        Optional<JsonValue> boost = members.take("boost");
        members.take("distance_type");
        members.take("validation_method");
        members.take("ignore_unmapped");
        Member field = members.only("geo_distance has 'distance' and one field");
        Point point = point(field.value());
        double metres = new GeoText.Arguments(List.of(distance.text()), distance.place(), "").metres(0);
        String source = "geo_distance " + field.name();
        budget.clause(kind.place(), source);
        return JsonMembers.named(new Clause.Distance(field.place(), source, field.name(), point.latitude(), point.longitude(), metres),
                name, boost, members);
    }

    static Clause box(Member kind, JsonMembers members, Budget budget) {
        Optional<JsonValue> name = members.take("_name");
        Optional<JsonValue> boost = members.take("boost");
        members.take("type");
        members.take("validation_method");
        members.take("ignore_unmapped");
        Member field = members.only("geo_bounding_box has one field");
        var corners = new JsonMembers(JsonQueryParser.object(field.value(), "a box has top_left and bottom_right"), "a box");
        String source = "geo_bounding_box " + field.name();
        budget.clause(kind.place(), source);
        return JsonMembers.named(corners(field, source, corners), name, boost, corners);
    }

    private static Clause corners(Member field, String source, JsonMembers corners) {
        Optional<Point> topLeft = corners.take("top_left").map(JsonGeo::point);
        Optional<Point> bottomRight = corners.take("bottom_right").map(JsonGeo::point);
        Optional<Point> topRight = corners.take("top_right").map(JsonGeo::point);
        Optional<Point> bottomLeft = corners.take("bottom_left").map(JsonGeo::point);
        if (topLeft.isPresent() && bottomRight.isPresent()) {
            return box(field, source, topLeft.get().latitude(), topLeft.get().longitude(), bottomRight.get().latitude(),
                    bottomRight.get().longitude());
        }
        if (topRight.isPresent() && bottomLeft.isPresent()) {
            return box(field, source, topRight.get().latitude(), bottomLeft.get().longitude(), bottomLeft.get().latitude(),
                    topRight.get().longitude());
        }
        return box(field, source, degrees(field, corners, "top", 90), degrees(field, corners, "left", 180),
                degrees(field, corners, "bottom", 90), degrees(field, corners, "right", 180));
    }

    private static Clause box(Member field, String source, double top, double left, double bottom, double right) {
        return GeoText.box(field.place(), source, field.name(), top, left, bottom, right);
    }

    private static double degrees(Member field, JsonMembers members, String name, double most) {
        JsonValue value = members.take(name).orElseThrow(() -> new QueryException(field.place(), field.name(),
                "a box has top_left and bottom_right, or top, left, bottom and right"));
        return degrees(value, most);
    }

    private static double degrees(JsonValue value, double most) {
        double number = GeoText.number(JsonQueryParser.scalar(value, POINT).text()).orElse(Double.NaN);
        if (!(Math.abs(number) <= most)) {
            throw JsonQueryParser.error(value, "latitudes are -90 to 90, longitudes -180 to 180");
        }
        return number;
    }

    private static Point point(JsonValue value) {
        return switch (value) {
            case Obj object -> {
                var members = new JsonMembers(object, "a place");
                yield new Point(degrees(members.need("lat"), 90), degrees(members.need("lon"), 180));
            }
            case Array(Place place, List<JsonValue> values) when values.size() == 2 ->
                    new Point(degrees(values.get(1), 90), degrees(values.get(0), 180));
            case Array array -> throw JsonQueryParser.error(array, POINT);
            case Scalar scalar -> {
                GeoText.Arguments both = GeoText.arguments(scalar.text(), 2, scalar.place(), POINT);
                yield new Point(both.latitude(0), both.longitude(1));
            }
        };
    }
}
