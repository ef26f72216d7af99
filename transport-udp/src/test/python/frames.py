"""Frames: one event each; docs/wire.md draws them.

A frame is a u32, kind << 28 | length of the body, and the body. Every event has one form only, and what is not that form
is refused, with one of the reasons that docs/wire.md lists.
"""

import base64
import re
import struct

HEADER_BYTES = 4
MAX_TEXT_BYTES = 8192
DEFAULT_SOURCE = "heliograph"

_COMPACT = {1: None, 2: "text/plain", 3: "application/json"}
_FULL = 4

_ID, _SOURCE, _SUBJECT, _CONTENT_TYPE, _TIME, _TTL, _ATTRIBUTE = 1, 2, 3, 4, 5, 6, 16
_TEXT_FIELDS = {_ID: "id", _SOURCE: "source", _SUBJECT: "subject", _CONTENT_TYPE: "contenttype"}

_TOPIC = re.compile(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*")
_ATTRIBUTE_NAME = re.compile(r"[a-z0-9]{1,20}")
# What an event has a field for, or CloudEvents a name, can be no attribute's.
_TAKEN_NAMES = {"specversion", "id", "source", "type", "subject", "time", "datacontenttype", "data", "ttl"}
_MAX_ATTRIBUTES = 64
# What java.time.Instant can hold: from the year -1,000,000,000 to 1,000,000,000.
_FIRST_SECOND, _LAST_SECOND = -31557014167219200, 31556889864403199


class Malformed(Exception):
    """A frame that holds no event. Its argument is the reason's name."""


def _refuse_if(condition, reason):
    if condition:
        raise Malformed(reason)


def is_topic(text):
    """Whether a text follows the grammar of topics."""
    return len(text) <= 255 and _TOPIC.fullmatch(text) is not None


def length_of(header):
    """The length of a frame with this first word, header included."""
    return HEADER_BYTES + (header & 0x0FFFFFFF)


def decode(frame, context_topic):
    """The event in one whole frame, as a dictionary; context_topic is None where the frame must bring its own."""
    _refuse_if(len(frame) < HEADER_BYTES, "TRUNCATED_HEADER")
    (header,) = struct.unpack_from("<I", frame)
    _refuse_if(length_of(header) != len(frame), "TRUNCATED_BODY")
    kind, body = header >> 28, frame[HEADER_BYTES:]
    if kind in _COMPACT:
        _refuse_if(context_topic is None, "NO_TOPIC")
        event = {"topic": context_topic, "data": _base64(body)}
        if _COMPACT[kind]:
            event["contenttype"] = _COMPACT[kind]
        return event
    _refuse_if(kind != _FULL, "UNKNOWN_KIND")
    return _full(body, context_topic)


def _full(body, context_topic):
    _refuse_if(len(body) < 1 or body[0] > len(body) - 1, "BAD_TOPIC")
    at = 1 + body[0]
    if body[0] == 0:
        _refuse_if(context_topic is None, "NO_TOPIC")
        topic = context_topic
    else:
        topic = body[1:at].decode("latin-1")
        _refuse_if(not is_topic(topic) or topic == context_topic, "BAD_TOPIC")
    _refuse_if(len(body) - at < 2, "BAD_FIELD_LENGTH")
    (fields_length,) = struct.unpack_from("<H", body, at)
    at += 2
    _refuse_if(fields_length > len(body) - at, "BAD_FIELD_LENGTH")
    event = {"topic": topic, "data": _base64(body[at + fields_length :])}
    _fields(body[at : at + fields_length], event)
    # An event that a compact frame can hold is never a full one.
    is_plain = event.keys() <= {"topic", "data", "contenttype"} and event.get("contenttype") in _COMPACT.values()
    _refuse_if(body[0] == 0 and is_plain, "FIELD_ORDER")
    return event


def _fields(fields, event):
    at, previous = 0, 0
    while at < len(fields):
        _refuse_if(len(fields) - at < 3, "BAD_FIELD_LENGTH")
        tag, length = struct.unpack_from("<BH", fields, at)
        at += 3
        _refuse_if(length > len(fields) - at, "BAD_FIELD_LENGTH")
        _refuse_if(tag < previous or (tag == previous and tag != _ATTRIBUTE), "FIELD_ORDER")
        _field(tag, fields[at : at + length], event)
        at, previous = at + length, tag


def _field(tag, value, event):
    if tag in _TEXT_FIELDS:
        _refuse_if(not value, "BAD_TEXT")
        text = _text(value, "BAD_TEXT")
        _refuse_if(tag == _SOURCE and text == DEFAULT_SOURCE, "FIELD_ORDER")
        event[_TEXT_FIELDS[tag]] = text
    elif tag == _TIME:
        _refuse_if(len(value) != 12, "BAD_FIELD_LENGTH")
        event["time"] = _moment(value, "BAD_TIME")
    elif tag == _TTL:
        _refuse_if(len(value) != 8, "BAD_FIELD_LENGTH")
        (event["ttl_ns"],) = struct.unpack("<q", value)
        _refuse_if(event["ttl_ns"] < 1, "BAD_TTL")
    elif tag == _ATTRIBUTE:
        _attribute(value, event.setdefault("attributes", {}))
    else:
        raise Malformed("UNKNOWN_FIELD")


def _attribute(value, attributes):
    _refuse_if(len(attributes) == _MAX_ATTRIBUTES or len(value) < 2, "BAD_ATTRIBUTE")
    name_length = value[0]
    _refuse_if(name_length > len(value) - 2, "BAD_ATTRIBUTE")
    name = value[1 : 1 + name_length].decode("latin-1")
    _refuse_if(_ATTRIBUTE_NAME.fullmatch(name) is None or name in _TAKEN_NAMES, "BAD_ATTRIBUTE")
    # Names are ASCII, so that the order of bytes is that of characters.
    _refuse_if(bool(attributes) and name <= max(attributes), "FIELD_ORDER")
    attributes[name] = _attribute_value(value[1 + name_length], value[2 + name_length :])


def _attribute_value(kind, value):
    if kind == 1:
        _refuse_if(value not in (b"\0", b"\1"), "BAD_ATTRIBUTE")
        return {"boolean": value == b"\1"}
    if kind == 2:
        _refuse_if(len(value) != 4, "BAD_ATTRIBUTE")
        return {"integer": struct.unpack("<i", value)[0]}
    if kind == 3:
        return {"string": _text(value, "BAD_ATTRIBUTE")}
    if kind == 4:
        _refuse_if(len(value) > MAX_TEXT_BYTES // 2, "BAD_ATTRIBUTE")
        return {"binary": _base64(value)}
    if kind == 5:
        text = _text(value, "BAD_ATTRIBUTE")
        _refuse_if(re.match(r"[A-Za-z][A-Za-z0-9+.-]*:.", text) is None, "BAD_ATTRIBUTE")
        return {"uri": text}
    if kind == 6:
        return {"uri-reference": _text(value, "BAD_ATTRIBUTE")}
    if kind == 7:
        _refuse_if(len(value) != 12, "BAD_ATTRIBUTE")
        return {"timestamp": _moment(value, "BAD_ATTRIBUTE")}
    raise Malformed("BAD_ATTRIBUTE")


def _moment(value, reason):
    seconds, nanos = struct.unpack("<qI", value)
    _refuse_if(not _FIRST_SECOND <= seconds <= _LAST_SECOND or nanos > 999_999_999, reason)
    return {"seconds": seconds, "nanos": nanos}


def _text(value, reason):
    _refuse_if(len(value) > MAX_TEXT_BYTES, reason)
    try:
        text = value.decode("utf-8")
    except UnicodeDecodeError:
        raise Malformed(reason) from None
    _refuse_if(any(not _is_allowed(ord(character)) for character in text), reason)
    return text


def _is_allowed(code):
    is_control = code < 0x20 or 0x7F <= code < 0xA0
    is_non_character = code & 0xFFFE == 0xFFFE or 0xFDD0 <= code <= 0xFDEF
    return not is_control and not is_non_character


def _base64(data):
    return base64.b64encode(data).decode("ascii")
