package io.heliograph.search;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/** Counts how many queries look at each form of a field. Guarded by its owner's lock, but for {@link #now}. */
final class TargetUse {

    private final Map<Target, Integer> uses = new HashMap<>();
    private volatile Targets now = Targets.NONE;

    Targets now() {
        return now;
    }

    /** Returns the version at which all of them are among the targets. */
    long add(Collection<Target> targets) {
        boolean isNew = false;
        for (Target target : targets) {
            isNew |= uses.merge(target, 1, Integer::sum) == 1;
        }
        if (isNew) {
            publish();
        }
        return now.version();
    }

    void remove(Collection<Target> targets) {
        boolean isGone = false;
        for (Target target : targets) {
            isGone |= uses.merge(target, -1, (count, less) -> count + less == 0 ? null : count + less) == null;
        }
        if (isGone) {
            publish();
        }
    }

    private void publish() {
        now = Targets.of(uses.keySet(), now.version() + 1);
    }
}
