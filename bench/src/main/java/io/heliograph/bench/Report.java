package io.heliograph.bench;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A suite's result, for people and for programs.
 *
 * @param suite       its name
 * @param rows        its lines
 * @param voidBecause why the run proves nothing; empty if it does
 */
record Report(String suite, List<Row> rows, Optional<String> voidBecause) {

    private static final String FORMAT = "%-28s %10s %-4s %-20s %10s %8s %6s  %-6s %s%n";

    /** One line for each row, under a heading. */
    String table() {
        var table = new StringBuilder(String.format(FORMAT, "row", "median", "", "min to max", "against", "ratio", "goal", "", "beside"));
        for (Row row : rows) {
            String beside = row.extras().entrySet().stream()
                    .map(extra -> extra.getKey() + " " + Row.number(extra.getValue()))
                    .collect(Collectors.joining(", "));
            String peer = row.peerName().map(name -> name + (beside.isEmpty() ? "" : ", ")).orElse("");
            table.append(String.format(FORMAT, row.name(), Row.number(row.ours()), row.unit(), row.spread(),
                    Row.number(row.against()), Row.number(row.ratio()), row.goal(), row.verdict(),
                    peer + beside));
            if (!row.remark().isEmpty()) {
                table.append("    ").append(row.remark()).append(System.lineSeparator());
            }
        }
        voidBecause.ifPresent(why -> table.append("VOID: ").append(why).append(System.lineSeparator()));
        return table.toString();
    }

    /** The same table, as documents hold it. */
    String markdown() {
        var table = new StringBuilder(String.format("| row | median | smallest to largest | against | ratio | goal | beside |%n"
                + "|---|---|---|---|---|---|---|%n"));
        for (Row row : rows) {
            String beside = row.extras().entrySet().stream()
                    .map(extra -> extra.getKey() + " " + Row.number(extra.getValue()))
                    .collect(Collectors.joining(", "));
            String remark = row.remark().isEmpty() ? "" : (beside.isEmpty() ? "" : "; ") + row.remark();
            table.append(String.format("| `%s` | %s %s | %s | %s %s%s | %s | %s, %s | %s |%n", row.name(), Row.number(row.ours()),
                    row.unit(), row.spread(), Row.number(row.against()), row.unit(),
                    row.peerName().map(name -> ", " + name).orElse(""), Row.number(row.ratio()), row.goal(), row.verdict(),
                    beside + remark));
        }
        voidBecause.ifPresent(why -> table.append(String.format("%nVoid: %s%n", why)));
        return table.toString();
    }

    /** One line of compact JSON. */
    String toJson() {
        return rows.stream().map(Row::toJson).collect(Collectors.joining(",", "{\"suite\":\"" + suite + "\",\"rows\":[", "]"))
                + voidBecause.map(why -> ",\"void\":" + Row.quoted(why)).orElse("") + "}";
    }
}
