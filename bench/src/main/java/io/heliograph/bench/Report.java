package io.heliograph.bench;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A suite's result, for people and for programs.
 *
 * @param suite its name
 * @param rows  its lines
 */
record Report(String suite, List<Row> rows) {

    private static final String FORMAT = "%-28s %10s %-4s %-20s %10s %8s %6s  %-6s %s%n";

    /** One line for each row, under a heading. */
    String table() {
        var table = new StringBuilder(String.format(FORMAT, "row", "median", "", "min to max", "against", "ratio", "goal", "", "beside"));
        for (Row row : rows) {
            String beside = row.extras().entrySet().stream()
                    .map(extra -> extra.getKey() + " " + Row.number(extra.getValue()))
                    .collect(Collectors.joining(", "));
            table.append(String.format(FORMAT, row.name(), Row.number(row.ours()), row.unit(), row.spread(),
                    Row.number(row.against()), Row.number(row.ratio()), row.goal(), row.meetsGoal() ? "met" : "missed", beside));
        }
        return table.toString();
    }

    /** One line of compact JSON. */
    String toJson() {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "{\"suite\":\"" + suite + "\",\"rows\":[", "]}"));
    }
}
