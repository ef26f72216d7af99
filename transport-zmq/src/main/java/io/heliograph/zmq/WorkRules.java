package io.heliograph.zmq;

/**
 * How a publisher hands out work.
 *
 * @param deadlineNs how long a worker has for an event
 * @param deliveries how often an event is handed out at most
 * @param keepsKeys  whether events of one key are with one worker at a time, in order
 * @param windowBytes what one worker may hold, as frames; one event always may
 */
record WorkRules(long deadlineNs, int deliveries, boolean keepsKeys, long windowBytes) {

    static WorkRules of(WorkConfig config) {
        return new WorkRules(config.deadline().toNanos(), config.deliveries(), config.keepsKeys(),
                config.limits().windowBytes());
    }
}
