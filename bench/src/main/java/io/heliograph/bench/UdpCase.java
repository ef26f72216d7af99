package io.heliograph.bench;

/**
 * A task for one side.
 *
 * @param name under which its samples are kept
 * @param side as {@link UdpChild} knows it
 * @param task what to measure
 */
record UdpCase(String name, String side, UdpTask task) {

    static UdpCase ours(String what, UdpTask task) {
        return new UdpCase("heliograph." + what, UdpChild.HELIOGRAPH, task);
    }

    /** Without a mode as yet. */
    static UdpCase aeron(String what, UdpTask task) {
        return new UdpCase("aeron." + what, UdpChild.AERON, task);
    }

    static UdpCase bare(String what, UdpTask task) {
        return new UdpCase("bare." + what, UdpChild.BARE, task);
    }

    /** Where the samples of {@code metric} are kept. */
    String key(String metric) {
        return name + "." + metric;
    }

    boolean isAeron() {
        return side.equals(UdpChild.AERON);
    }
}
