package io.heliograph.webhook;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Cases of a contract that cannot hold for webhooks: each is skipped with its reason, for all to see. */
final class LeftOut implements ExecutionCondition {

    private final Map<String, String> reasons;

    /**
     * @param contract where the cases are
     * @param reasons  by name of the case, why it is left out
     */
    LeftOut(Class<?> contract, Map<String, String> reasons) {
        this.reasons = Map.copyOf(reasons);
        Set<String> known = Arrays.stream(contract.getDeclaredMethods()).map(Method::getName).collect(Collectors.toSet());
        reasons.keySet().forEach(name -> {
            if (!known.contains(name)) {
                throw new IllegalArgumentException(contract.getSimpleName() + " has no case " + name);
            }
        });
    }

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        Optional<AnnotatedElement> method = context.getElement().filter(Method.class::isInstance);
        return method.map(element -> reasons.get(((Method) element).getName())).map(ConditionEvaluationResult::disabled)
                .orElse(ConditionEvaluationResult.enabled("it holds for webhooks"));
    }
}
