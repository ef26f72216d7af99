"""Capture files: what arrived at a port, or passed an interface.

Two formats are read, and told apart by their first bytes:

  plain   for each datagram: u64 nanoseconds since 1970, u32 length, the datagram; little-endian
  pcap    the classic format of tcpdump, with Ethernet, Linux "cooked", BSD loopback or bare IP below UDP
"""

import struct


class BadCapture(Exception):
    """The file is none of the two formats, or ends within a record."""


def read(data):
    """Yields (nanoseconds, UDP payload) for each datagram in a capture file's bytes."""
    return _read_pcap(data) if data[:4] in _PCAP else _read_plain(data)


def _read_plain(data):
    at = 0
    while at < len(data):
        if len(data) - at < 12:
            raise BadCapture(f"byte {at}: a record's head is cut off")
        nanos, length = struct.unpack_from("<QI", data, at)
        at += 12
        if length > len(data) - at:
            raise BadCapture(f"byte {at}: {length} bytes announced, {len(data) - at} there")
        yield nanos, data[at : at + length]
        at += length


# First four bytes: byte order, and nanoseconds in the unit of a record's second time field.
_PCAP = {
    b"\xd4\xc3\xb2\xa1": ("<", 1000),
    b"\xa1\xb2\xc3\xd4": (">", 1000),
    b"\x4d\x3c\xb2\xa1": ("<", 1),
    b"\xa1\xb2\x3c\x4d": (">", 1),
}

_LINK_NULL, _LINK_ETHERNET, _LINK_RAW, _LINK_SLL, _LINK_SLL2 = 0, 1, 101, 113, 276
_ETHERTYPE_IP, _ETHERTYPE_VLAN = 0x0800, 0x8100
_UDP = 17


def _read_pcap(data):
    order, unit = _PCAP[data[:4]]
    if len(data) < 24:
        raise BadCapture("the pcap file's head is cut off")
    link = struct.unpack_from(order + "I", data, 20)[0] & 0xFFFF
    at = 24
    while at < len(data):
        if len(data) - at < 16:
            raise BadCapture(f"byte {at}: a record's head is cut off")
        seconds, fraction, captured, original = struct.unpack_from(order + "IIII", data, at)
        at += 16
        if captured > len(data) - at:
            raise BadCapture(f"byte {at}: {captured} bytes announced, {len(data) - at} there")
        if captured < original:
            raise BadCapture(f"byte {at}: a packet was captured in part; capture with -s 0")
        payload = _udp_payload(_ip_packet(link, data[at : at + captured]))
        if payload is not None:
            yield seconds * 1_000_000_000 + fraction * unit, payload
        at += captured


def _ip_packet(link, frame):
    """What is above the link layer, or nothing if it is not IPv4."""
    if link == _LINK_RAW:
        return frame
    if link == _LINK_NULL:
        return frame[4:]
    if link == _LINK_SLL:
        return frame[16:] if frame[14:16] == b"\x08\x00" else b""
    if link == _LINK_SLL2:
        return frame[20:] if frame[0:2] == b"\x08\x00" else b""
    if link == _LINK_ETHERNET:
        at = 12
        while len(frame) >= at + 2:
            (ethertype,) = struct.unpack_from(">H", frame, at)
            if ethertype != _ETHERTYPE_VLAN:
                return frame[at + 2 :] if ethertype == _ETHERTYPE_IP else b""
            at += 4
        return b""
    raise BadCapture(f"link type {link}: allowed are 0, 1, 101, 113 and 276")


def _udp_payload(packet):
    """The data of a whole IPv4/UDP packet; None for anything else."""
    if len(packet) < 20 or packet[0] >> 4 != 4 or packet[9] != _UDP:
        return None
    if struct.unpack_from(">H", packet, 6)[0] & 0x3FFF:
        raise BadCapture("an IP fragment: capture datagrams that fit the interface, or above IP")
    head = (packet[0] & 0x0F) * 4
    if len(packet) < head + 8:
        return None
    # A train that was captured before it was cut apart may announce 0.
    length = struct.unpack_from(">H", packet, head + 4)[0] or len(packet) - head
    return packet[head + 8 : head + length]
