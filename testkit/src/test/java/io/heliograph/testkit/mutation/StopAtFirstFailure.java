package io.heliograph.testkit.mutation;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/** One failure proves what a mutated run is for; the cases behind it are left out. Found as a service. */
public final class StopAtFirstFailure implements ExecutionCondition, TestWatcher {

    private static final AtomicReference<Optional<String>> FAILED = new AtomicReference<>(Optional.empty());

    /** Forgets the last run. */
    static void reset() {
        FAILED.set(Optional.empty());
    }

    /** The case that failed, and why. */
    static Optional<String> failed() {
        return FAILED.get();
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        return FAILED.get().map(name -> ConditionEvaluationResult.disabled(name + " has failed"))
                .orElseGet(() -> ConditionEvaluationResult.enabled("nothing has failed"));
    }

    @Override
    public void testFailed(ExtensionContext context, Throwable cause) {
        String first = String.valueOf(cause.getMessage()).lines().limit(2).reduce((a, b) -> a + " " + b.strip()).orElse("");
        FAILED.compareAndSet(Optional.empty(), Optional.of(context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName() + ": " + first));
    }
}
