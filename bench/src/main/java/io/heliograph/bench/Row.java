package io.heliograph.bench;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * One line of a result.
 *
 * @param name     what is measured
 * @param unit     of {@code ours} and {@code against}
 * @param ours     the median of our samples
 * @param against  the median of the peer's samples, or the target where there is no peer
 * @param peerName who the peer is; empty where there is none
 * @param goal     what the ratio should be, such as {@code <=1}
 * @param spread   the smallest and the largest of our samples, for the reader
 * @param extras   figures beside, by the name of their JSON field
 * @param remark   what must be known of it; empty if nothing
 */
record Row(String name, String unit, double ours, double against, Optional<String> peerName, String goal, String spread,
        Map<String, Double> extras, String remark) {

    /** How a remark begins that says why the row proves nothing. */
    static final String VOID = "void";
    /** The goal of a row that only records what a peer does. */
    static final String RECORDED = ">=0";

    private static final MathContext FOUR_DIGITS = new MathContext(4);

    Row {
        extras = new TreeMap<>(extras);
    }

    /** A row that has no peer. */
    static Row againstTarget(String name, String unit, Samples samples, double target, Map<String, Double> extras) {
        return new Row(name, unit, samples.median(name), target, Optional.empty(), "<=1", samples.spread(name, 1), extras, "");
    }

    /** Ours / peer's, or ours / target. */
    double ratio() {
        return ours / against;
    }

    /** Whether the ratio is what it should be. */
    boolean meetsGoal() {
        double bound = Double.parseDouble(goal.substring(2));
        return goal.startsWith("<=") ? ratio() <= bound : ratio() >= bound;
    }

    /** Whether the row proves nothing, as its remark says. */
    boolean isVoid() {
        return remark.startsWith(VOID);
    }

    /** In a word. */
    String verdict() {
        if (isVoid()) {
            return VOID;
        }
        return goal.equals(RECORDED) ? "recorded" : meetsGoal() ? "met" : "missed";
    }

    String toJson() {
        var json = new StringBuilder("{\"name\":\"" + name + "\",\"unit\":\"" + unit + "\",\"ours\":" + number(ours)
                + ",\"peer\":" + (peerName.isPresent() ? number(against) : "null") + ",\"peer_name\":\""
                + peerName.orElse("target") + "\",\"ratio\":" + number(ratio()) + ",\"goal\":\"" + goal + "\"");
        extras.forEach((field, value) -> json.append(",\"").append(field).append("\":").append(number(value)));
        if (!remark.isEmpty()) {
            json.append(",\"remark\":").append(quoted(remark));
        }
        return json.append('}').toString();
    }

    /** As JSON writes text. */
    static String quoted(String text) {
        var json = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') {
                json.append('\\');
            }
            json.append(c < ' ' ? ' ' : (char) c);
        });
        return json.append('"').toString();
    }

    /** Four significant digits, never in scientific notation; {@code null} for what is not known. */
    static String number(double value) {
        if (!Double.isFinite(value)) {
            return "null";
        }
        return new BigDecimal(value).round(FOUR_DIGITS).stripTrailingZeros().toPlainString();
    }
}
