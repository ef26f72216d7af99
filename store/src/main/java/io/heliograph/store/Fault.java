package io.heliograph.store;

/** What a database's complaint means for those who wrote. */
enum Fault {

    /** This statement went wrong; the rest of the transaction stands. */
    STATEMENT,

    /** The transaction has lost against another one; it may go when it is run again. */
    CONFLICT,

    /** A lock was not given in time. */
    BUSY,

    /** No room on the disk, or none by the limit. */
    FULL,

    /** Nothing can be relied on any more: the disk fails, the file is damaged, the server is gone. */
    LOST
}
