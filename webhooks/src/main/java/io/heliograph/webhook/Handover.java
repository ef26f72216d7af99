package io.heliograph.webhook;

import java.util.List;
import java.util.Set;

/** Who sends what has just been stored, so that it need not be looked for. Thread-safe. */
interface Handover {

    /** Nobody: all waits in its queue. */
    Handover NONE = new Handover() {
        @Override
        public boolean takes(String endpoint, int already, int bytes) {
            return false;
        }

        @Override
        public void stored(List<DueDelivery> claimed, Set<String> ready) {
            // It is found when somebody looks.
        }
    };

    /**
     * Whether a delivery may be stored as claimed, since nothing that is due waits before it. Asked inside a write.
     *
     * @param already how many others it has said so of in the same write
     */
    boolean takes(String endpoint, int already, int bytes);

    /**
     * Whether a delivery may be stored as claimed though others of its key are before it, which are all claimed by this process. Asked
     * inside a write.
     *
     * @param already how many others it has said so of in the same write
     */
    default boolean takesBehind(Endpoint endpoint, int already) {
        return false;
    }

    /** Those of an endpoint's keys, the first of which is delivered, whose next one it has not got. Asked inside a write. */
    default List<String> withoutNext(String endpoint, List<String> keys) {
        return keys;
    }

    /**
     * What was stored is on disk; runs on the store's thread, so it is quick.
     *
     * @param claimed to be sent without another claim
     * @param ready   endpoints in whose queues something more is ready
     */
    void stored(List<DueDelivery> claimed, Set<String> ready);
}
