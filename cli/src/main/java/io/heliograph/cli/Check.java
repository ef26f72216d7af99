package io.heliograph.cli;

/**
 * What {@code doctor} found out about one thing.
 *
 * @param name   what was looked at
 * @param state  how it is
 * @param found  what was found
 * @param remedy how to mend it; empty if there is nothing to mend
 */
record Check(String name, State state, String found, String remedy) {

    /** How a thing is. */
    enum State {
        OK,
        /** It works, but not as well as it could. */
        WARN,
        /** Something will not work. */
        FAIL
    }

    static Check ok(String name, String found) {
        return new Check(name, State.OK, found, "");
    }

    static Check warn(String name, String found, String remedy) {
        return new Check(name, State.WARN, found, remedy);
    }

    static Check fail(String name, String found, String remedy) {
        return new Check(name, State.FAIL, found, remedy);
    }
}
