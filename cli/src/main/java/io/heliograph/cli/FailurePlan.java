package io.heliograph.cli;

import io.heliograph.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which requests are answered with an error, whatever they hold: {@code 503x3,410} is three times 503, then once 410, then
 * none. Thread-safe.
 */
final class FailurePlan {

    private static final Pattern STEP = Pattern.compile("([3-5][0-9]{2})(?:x([0-9]{1,6}))?");
    private static final String ALLOWED = "statuses from 300 to 599, each with xN behind it if N times, such as 503x3 or 503x3,410";

    private static final class Step {
        private final int status;
        private int left;

        Step(int status, int left) {
            this.status = status;
            this.left = left;
        }
    }

    private final List<Step> steps = new ArrayList<>();

    private FailurePlan() {
    }

    /** No failure. */
    static FailurePlan none() {
        return new FailurePlan();
    }

    /** @throws ConfigException if {@code text} is no plan */
    static FailurePlan parse(String flag, String text) {
        var plan = new FailurePlan();
        for (String part : text.split(",", -1)) {
            Matcher step = STEP.matcher(part);
            if (!step.matches()) {
                throw new ConfigException(flag, text, ALLOWED);
            }
            int times = step.group(2) == null ? 1 : Integer.parseInt(step.group(2));
            plan.steps.add(new Step(Integer.parseInt(step.group(1)), times));
        }
        return plan;
    }

    /** The status of the next request, if it is to fail. */
    synchronized OptionalInt next() {
        for (Step step : steps) {
            if (step.left > 0) {
                step.left--;
                return OptionalInt.of(step.status);
            }
        }
        return OptionalInt.empty();
    }
}
