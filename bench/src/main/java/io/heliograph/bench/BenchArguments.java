package io.heliograph.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What the harness was asked for.
 *
 * @param suite   its name
 * @param options {@code --quick}, {@code --json}, {@code --markdown}
 * @param rows    which rows alone, by their names or the beginnings of them; none for all
 */
record BenchArguments(String suite, Set<String> options, List<String> rows) {

    private static final Set<String> SUITES = Set.of("core", "udp", "zmq", "webhooks", "search");
    private static final Set<String> OPTIONS = Set.of("--quick", "--json", "--markdown");

    /** @throws IllegalArgumentException for others than are allowed */
    static BenchArguments parse(String... arguments) {
        var suites = new ArrayList<String>();
        var options = new ArrayList<String>();
        var rows = new ArrayList<String>();
        for (int i = 0; i < arguments.length; i++) {
            if (arguments[i].equals("--row") && i + 1 < arguments.length) {
                rows.add(arguments[++i]);
            } else if (OPTIONS.contains(arguments[i])) {
                options.add(arguments[i]);
            } else {
                suites.add(arguments[i]);
            }
        }
        boolean isAllowed = suites.size() == 1 && SUITES.contains(suites.getFirst())
                && (rows.isEmpty() || !suites.getFirst().equals("core"));
        if (!isAllowed) {
            throw new IllegalArgumentException(
                    "allowed is core|udp|zmq|webhooks|search [--quick] [--json] [--markdown], but for core also [--row NAME]...; found " + String.join(" ", arguments));
        }
        return new BenchArguments(suites.getFirst(), Set.copyOf(options), List.copyOf(rows));
    }

    boolean isQuick() {
        return options.contains("--quick");
    }

    boolean isJson() {
        return options.contains("--json");
    }

    boolean isMarkdown() {
        return options.contains("--markdown");
    }

    /** Those of {@code all} that were asked for. @throws IllegalArgumentException if there are none such */
    List<CaseRow> choose(List<CaseRow> all) {
        return CaseRow.named(rows, all);
    }
}
