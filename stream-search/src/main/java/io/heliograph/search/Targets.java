package io.heliograph.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The forms that the fields of an event are brought into: those that some query looks at. Immutable.
 *
 * @param version  rises with each change
 * @param byPath   the forms of each field
 * @param anyPresence whether some query asks if a field is there
 */
record Targets(long version, Map<String, List<Target>> byPath, boolean anyPresence) {

    static final Targets NONE = new Targets(0, Map.of(), false);

    static Targets of(Collection<Target> targets, long version) {
        var byPath = new HashMap<String, List<Target>>();
        targets.forEach(target -> byPath.computeIfAbsent(target.path(), path -> new ArrayList<>()).add(target));
        byPath.replaceAll((path, list) -> List.copyOf(list));
        return new Targets(version, Map.copyOf(byPath), targets.stream().anyMatch(target -> target.form() == Target.Form.PRESENCE));
    }

    List<Target> at(String path) {
        return byPath.getOrDefault(path, List.of());
    }
}
