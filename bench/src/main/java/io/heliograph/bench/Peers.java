package io.heliograph.bench;

import java.util.Optional;

/** What a suite knows of its peers. */
interface Peers {

    /** How far below its figure a peer may be. */
    double LEAST_STRENGTH = 0.8;

    /** As reports name it; empty for a case of ours. */
    Optional<String> name(Case peer);

    /**
     * Why the row proves less than it seems to, because of the peer; begins with {@link Row#VOID} if it proves nothing.
     *
     * @param figure the peer's, in the row's unit
     */
    Optional<String> weakness(CaseRow row, double figure, Samples samples);
}
