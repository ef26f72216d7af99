"""Datagrams: a header of 48 bytes and a body, little-endian; docs/wire.md draws them.

   0  u32 CRC-32C of everything behind this field          16  u64 session
   4  "HG", u8 version << 4 | type, u8 flags               24  u64 datagram sequence
   8  u16 length, u16 events that start here               32  u64 sequence of the first event
  12  u32 age of the session in us                         40  u64 sent, ns since 1970
"""

import struct
from dataclasses import dataclass, field

import frames
from crc32c import crc32c

HEADER_BYTES = 48
VERSION = 1
SEQUENCE_END = 1 << 62
MAX_FRAME_BYTES = (16 << 20) + (1 << 17)
MAX_NAK_RANGES = 32

DATA, HEARTBEAT, STATUS, FRAGMENT, NAK, COOKIE, LOST = 1, 2, 3, 4, 5, 6, 7
NAMES = {DATA: "data", HEARTBEAT: "heartbeat", STATUS: "status", FRAGMENT: "fragment", NAK: "nak", COOKIE: "cookie", LOST: "lost"}
FROM_PUBLISHER = {DATA, HEARTBEAT, FRAGMENT, LOST}
RELIABLE, KEYED, BLOCKING, END_OF_STREAM, LEAVING = 0x01, 0x02, 0x04, 0x08, 0x10


class Malformed(Exception):
    """No datagram of this protocol. Its argument is the reason's name."""


class Sealed(Malformed):
    """Of this protocol, and sealed with a key. Only its header can be read, as Python's standard library has no AES."""

    def __init__(self, length):
        super().__init__("NO_KEY")
        self.length = length


@dataclass(frozen=True)
class Datagram:
    """One datagram. What its body holds is in `body`, by name; a data datagram's frames are not decoded yet."""

    type: int
    flags: int
    events: int
    age_us: int
    session: int
    sequence: int
    first_event: int
    sent: int
    data: bytes
    body: dict = field(compare=False)

    @property
    def next_event(self):
        """The first event that does not start here."""
        return self.first_event + self.events


def split(payload):
    """Cuts a payload that may be a train apart. Yields datagrams, Sealed ones too, and else Malformed, which ends it."""
    at = 0
    while True:
        try:
            datagram = parse(payload, at)
            length = len(datagram.data)
        except Sealed as sealed:
            datagram, length = sealed, sealed.length
        except Malformed as reason:
            yield reason
            return
        yield datagram
        at += length
        if at == len(payload):
            return


def parse(payload, at=0):
    """The datagram that begins at `at`; another may stand behind it."""
    if len(payload) - at < HEADER_BYTES:
        raise Malformed("TOO_SHORT")
    (checksum, magic, version_and_type, flags, length, events, age_us, session, sequence, first_event, sent) = (
        struct.unpack_from("<I2sBBHHIQQQQ", payload, at))
    _require(magic == b"HG", "BAD_MAGIC")
    _require(version_and_type >> 4 == VERSION, "BAD_VERSION")
    _require(HEADER_BYTES <= length <= len(payload) - at, "BAD_LENGTH")
    data = bytes(payload[at : at + length])
    if flags & KEYED:
        raise Sealed(length)
    _require(crc32c(data[4:]) == checksum, "BAD_CHECKSUM")
    _require(sequence < SEQUENCE_END and first_event < SEQUENCE_END, "BAD_SEQUENCE")
    kind = version_and_type & 0x0F
    _require(kind in _BODIES, "UNKNOWN_TYPE")
    body = _BODIES[kind](data[HEADER_BYTES:], events)
    return Datagram(kind, flags, events, age_us, session, sequence, first_event, sent, data, body)


def _require(condition, reason):
    if not condition:
        raise Malformed(reason)


def _data(body, events):
    _require(len(body) >= 1 and body[0] <= len(body) - 1, "BAD_TOPIC")
    at = 1 + body[0]
    topic = body[1:at].decode("latin-1")
    _require(frames.is_topic(topic), "BAD_TOPIC")
    found = []
    while len(body) - at >= frames.HEADER_BYTES:
        (header,) = struct.unpack_from("<I", body, at)
        if header == 0:  # No frame begins so: zeros fill the datagram up.
            break
        length = frames.length_of(header)
        _require(length <= len(body) - at, "BAD_TILING")
        found.append(body[at : at + length])
        at += length
    _require(len(found) == events and not any(body[at:]), "BAD_TILING")
    return {"topic": topic, "frames": found}


def _fragment(body, events):
    _require(len(body) > 8, "BAD_FRAGMENT")
    frame_length, offset = struct.unpack_from("<II", body)
    part = body[8:]
    _require(frame_length <= MAX_FRAME_BYTES and offset + len(part) <= frame_length, "BAD_FRAGMENT")
    _require(events == (1 if offset == 0 else 0), "BAD_FRAGMENT")
    return {"frame_length": frame_length, "offset": offset, "part": part}


def _heartbeat(body, events):
    _require(len(body) >= 25, "BAD_HEARTBEAT")
    trail, trail_event, receivers, largest, policy_length = struct.unpack_from("<QQIIB", body)
    _require(policy_length == len(body) - 25, "BAD_HEARTBEAT")
    _require(trail < SEQUENCE_END and trail_event < SEQUENCE_END, "BAD_HEARTBEAT")
    return {"trail": trail, "trail_event": trail_event, "receivers": receivers, "largest": largest,
            "policy": _name(body[25:])}


def _status(body, events):
    _require(len(body) >= 61, "BAD_STATUS")
    names = ("receiver", "cookie", "known", "lost", "acknowledged", "limit_datagram", "limit_event", "subscriptions")
    status = dict(zip(names, struct.unpack_from("<QQQQQQQI", body)))
    _require(body[60] == len(body) - 61, "BAD_STATUS")
    return status | {"name": _name(body[61:])}


def _nak(body, events):
    ranges = body[16:]
    _require(0 < len(ranges) <= 12 * MAX_NAK_RANGES and len(ranges) % 12 == 0, "BAD_NAK")
    receiver, cookie = struct.unpack_from("<QQ", body)
    return {"receiver": receiver, "cookie": cookie, "ranges": list(struct.iter_unpack("<QI", ranges))}


def _cookie(body, events):
    _require(len(body) == 16, "BAD_COOKIE")
    receiver, cookie = struct.unpack("<QQ", body)
    return {"receiver": receiver, "cookie": cookie}


def _lost(body, events):
    _require(len(body) == 25 and events == 0, "BAD_LOST")
    start, end, first_event_behind, reason = struct.unpack("<QQQB", body)
    _require(start < end < SEQUENCE_END and first_event_behind < SEQUENCE_END, "BAD_LOST")
    return {"from": start, "to": end, "first_event_behind": first_event_behind, "reason": reason}


def _name(text):
    """Who wrote it may be a stranger: what it says is never trusted."""
    return text.decode("utf-8", "replace")


_BODIES = {DATA: _data, HEARTBEAT: _heartbeat, STATUS: _status, FRAGMENT: _fragment, NAK: _nak, COOKIE: _cookie, LOST: _lost}
