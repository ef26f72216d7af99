package io.heliograph.testkit.mutation;

import java.util.function.Supplier;

/**
 * One fault at one place.
 *
 * @param name        what goes wrong, in words
 * @param killer      a case that notices it, as {@code Class.method}; it is tried before all others
 * @param owner       the simple name of the class that calls, below {@code io.heliograph}
 * @param method      the method that calls; {@code *} for any
 * @param calleeOwner the simple name of the class whose method is called, or whose field is written
 * @param callee      the method that is called, or {@code =field} for a write to that field
 * @param fault       makes what happens instead, with a count of its own
 */
record Mutation(String name, String killer, String owner, String method, String calleeOwner, String callee, Supplier<Fault> fault) {

    boolean isAbout(String className) {
        return simple(className).equals(owner);
    }

    boolean matches(String methodName, String ofClass, String calleeName) {
        return (method.equals("*") || method.equals(methodName))
                && simple(ofClass).equals(calleeOwner)
                && callee.equals(calleeName);
    }

    /** What stands behind the last dot, slash or dollar sign. */
    private static String simple(String binaryName) {
        int start = Math.max(binaryName.lastIndexOf('.'), Math.max(binaryName.lastIndexOf('/'), binaryName.lastIndexOf('$')));
        return binaryName.substring(start + 1);
    }

    @Override
    public String toString() {
        return name;
    }
}
