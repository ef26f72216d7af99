package io.heliograph.udp;

import static java.lang.foreign.MemoryLayout.PathElement.groupElement;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemoryLayout;
import java.lang.foreign.StructLayout;

/**
 * How the C structures lie in memory that Linux's socket calls take, and where their members are: those of 64-bit
 * little-endian machines. {@link NativeSupport} admits only these. Each names where it is written down.
 */
final class LinuxStructs {

    /** struct sockaddr_in, ip(7): port and address in network order. */
    static final StructLayout SOCKADDR_IN = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin_family"), JAVA_SHORT.withName("sin_port"), JAVA_INT.withName("sin_addr"),
            MemoryLayout.paddingLayout(8));
    static final long SIN_PORT = at(SOCKADDR_IN, "sin_port");
    static final long SIN_ADDR = at(SOCKADDR_IN, "sin_addr");

    /** struct sockaddr_in6, ipv6(7): the port stands where an IPv4 address has it. */
    static final StructLayout SOCKADDR_IN6 = MemoryLayout.structLayout(
            JAVA_SHORT.withName("sin6_family"), JAVA_SHORT.withName("sin6_port"), JAVA_INT.withName("sin6_flowinfo"),
            MemoryLayout.sequenceLayout(16, JAVA_BYTE).withName("sin6_addr"), JAVA_INT.withName("sin6_scope_id"));
    static final long SIN6_ADDR = at(SOCKADDR_IN6, "sin6_addr");
    static final long SIN6_SCOPE_ID = at(SOCKADDR_IN6, "sin6_scope_id");

    /** Room for any address that is used here, rounded up. */
    static final int SOCKADDR_BYTES = 32;

    /** struct ip_mreqn, ip(7). */
    static final StructLayout IP_MREQN = MemoryLayout.structLayout(
            JAVA_INT.withName("imr_multiaddr"), JAVA_INT.withName("imr_address"), JAVA_INT.withName("imr_ifindex"));
    static final long IMR_IFINDEX = at(IP_MREQN, "imr_ifindex");

    /** struct group_source_req, RFC 3678; group_req is the same without the source. Room of struct sockaddr_storage each. */
    static final StructLayout GROUP_SOURCE_REQ = MemoryLayout.structLayout(
            JAVA_INT.withName("gsr_interface"), MemoryLayout.paddingLayout(4),
            MemoryLayout.sequenceLayout(16, JAVA_LONG).withName("gsr_group"),
            MemoryLayout.sequenceLayout(16, JAVA_LONG).withName("gsr_source"));
    static final long GSR_GROUP = at(GROUP_SOURCE_REQ, "gsr_group");
    static final long GSR_SOURCE = at(GROUP_SOURCE_REQ, "gsr_source");

    /** struct iovec, readv(2). */
    static final StructLayout IOVEC = MemoryLayout.structLayout(
            JAVA_LONG.withName("iov_base"), JAVA_LONG.withName("iov_len"));
    static final long IOV_BASE = at(IOVEC, "iov_base");
    static final long IOV_LEN = at(IOVEC, "iov_len");

    /** struct msghdr, sendmsg(2). */
    static final StructLayout MSGHDR = MemoryLayout.structLayout(
            JAVA_LONG.withName("msg_name"), JAVA_INT.withName("msg_namelen"), MemoryLayout.paddingLayout(4),
            JAVA_LONG.withName("msg_iov"), JAVA_LONG.withName("msg_iovlen"),
            JAVA_LONG.withName("msg_control"), JAVA_LONG.withName("msg_controllen"),
            JAVA_INT.withName("msg_flags"), MemoryLayout.paddingLayout(4));
    static final long MSG_NAME = at(MSGHDR, "msg_name");
    static final long MSG_NAMELEN = at(MSGHDR, "msg_namelen");
    static final long MSG_IOV = at(MSGHDR, "msg_iov");
    static final long MSG_IOVLEN = at(MSGHDR, "msg_iovlen");
    static final long MSG_CONTROL = at(MSGHDR, "msg_control");
    static final long MSG_CONTROLLEN = at(MSGHDR, "msg_controllen");

    /** struct mmsghdr, recvmmsg(2): a message's header, then its length. */
    static final StructLayout MMSGHDR = MemoryLayout.structLayout(
            MSGHDR.withName("msg_hdr"), JAVA_INT.withName("msg_len"), MemoryLayout.paddingLayout(4));
    static final long MSG_LEN = at(MMSGHDR, "msg_len");

    /** struct cmsghdr, cmsg(3): the data follows, then padding to 8 bytes; cmsg_len leaves the padding out. */
    static final StructLayout CMSGHDR = MemoryLayout.structLayout(
            JAVA_LONG.withName("cmsg_len"), JAVA_INT.withName("cmsg_level"), JAVA_INT.withName("cmsg_type"));
    static final long CMSG_LEN = at(CMSGHDR, "cmsg_len");
    static final long CMSG_LEVEL = at(CMSGHDR, "cmsg_level");
    static final long CMSG_TYPE = at(CMSGHDR, "cmsg_type");
    static final long CMSG_DATA = CMSGHDR.byteSize();

    /** struct pollfd, poll(2). */
    static final StructLayout POLLFD = MemoryLayout.structLayout(
            JAVA_INT.withName("fd"), JAVA_SHORT.withName("events"), JAVA_SHORT.withName("revents"));
    static final long POLL_EVENTS = at(POLLFD, "events");
    static final long POLL_REVENTS = at(POLLFD, "revents");

    /** struct timespec, timespec(3type). */
    static final StructLayout TIMESPEC = MemoryLayout.structLayout(
            JAVA_LONG.withName("tv_sec"), JAVA_LONG.withName("tv_nsec"));
    static final long TV_NSEC = at(TIMESPEC, "tv_nsec");

    private LinuxStructs() {
    }

    private static long at(StructLayout layout, String field) {
        return layout.byteOffset(groupElement(field));
    }
}
