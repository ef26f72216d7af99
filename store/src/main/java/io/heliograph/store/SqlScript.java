package io.heliograph.store;

import java.util.ArrayList;
import java.util.List;

/** Cuts a text into its statements, at each {@code ;} outside of quotes and comments. Stateless. */
final class SqlScript {

    private SqlScript() {
    }

    /** The statements, without their {@code ;} and without comments. */
    static List<String> statements(String text) {
        var statements = new ArrayList<String>();
        var statement = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            int end = endOfPart(text, at);
            char first = text.charAt(at);
            if (isComment(text, at)) {
                statement.append(' ');
            } else if (first == ';') {
                add(statement, statements);
            } else {
                statement.append(text, at, end);
            }
            at = end;
        }
        add(statement, statements);
        return statements;
    }

    private static void add(StringBuilder statement, List<String> statements) {
        String text = statement.toString().strip();
        if (!text.isEmpty()) {
            statements.add(text);
        }
        statement.setLength(0);
    }

    private static boolean isComment(String text, int at) {
        return text.startsWith("--", at) || text.startsWith("/*", at);
    }

    /** Where the quoted part, the comment or the character at {@code at} ends; a doubled quote is two parts, which is as good. */
    private static int endOfPart(String text, int at) {
        char first = text.charAt(at);
        if (first == '\'' || first == '"') {
            return after(text, String.valueOf(first), at + 1);
        }
        if (text.startsWith("--", at)) {
            return after(text, "\n", at);
        }
        return text.startsWith("/*", at) ? after(text, "*/", at + 2) : at + 1;
    }

    private static int after(String text, String end, int from) {
        int found = text.indexOf(end, from);
        return found < 0 ? text.length() : found + end.length();
    }
}
