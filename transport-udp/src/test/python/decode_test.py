"""Tests of the decoder, with datagrams made here by hand. Run by itself: python3 decode_test.py"""

import base64
import contextlib
import io
import os
import random
import struct
import tempfile
import unittest

import capture
import datagrams
import decode
import frames
from crc32c import crc32c

SESSION = 0x0123456789ABCDEF
DATA, HEARTBEAT, STATUS, FRAGMENT, NAK, COOKIE, LOST = range(1, 8)


def datagram(kind, sequence, first_event, events=0, body=b"", flags=1, session=SESSION):
    rest = struct.pack("<2sBBHHIQQQQ", b"HG", 1 << 4 | kind, flags, 48 + len(body), events, 1000, session, sequence,
                       first_event, 1_700_000_000_000_000_000 + sequence) + body
    return struct.pack("<I", crc32c(rest)) + rest


def compact(data, kind=1):
    return struct.pack("<I", kind << 28 | len(data)) + data


def full(topic, fields, data):
    body = bytes([len(topic)]) + topic + struct.pack("<H", len(fields)) + fields + data
    return struct.pack("<I", 4 << 28 | len(body)) + body


def data(sequence, first_event, *texts, topic=b"a.b", padding=0, session=SESSION):
    body = bytes([len(topic)]) + topic + b"".join(compact(text) for text in texts) + bytes(padding)
    return datagram(DATA, sequence, first_event, len(texts), body, session=session)


def heartbeat(sequence, first_event, flags=1, policy=b"drop-oldest:10000,64MiB"):
    body = struct.pack("<QQIIB", 0, 0, 2, 1472, len(policy)) + policy
    return datagram(HEARTBEAT, sequence, first_event, 0, body, flags)


def fragments(sequence, event, frame, size):
    for offset in range(0, len(frame), size):
        body = struct.pack("<II", len(frame), offset) + frame[offset : offset + size]
        yield datagram(FRAGMENT, sequence, event if offset == 0 else event + 1, 1 if offset == 0 else 0, body)
        sequence += 1


def sealed(plain_one):
    """Looks as one in keyed mode does: its flag is set, the checksum 0, a tag behind the body."""
    (length,) = struct.unpack_from("<H", plain_one, 8)
    return bytes(4) + plain_one[4:7] + bytes([plain_one[7] | 2]) + struct.pack("<H", length + 16) + plain_one[10:] + bytes(16)


def plain(*payloads):
    return b"".join(struct.pack("<QI", 7, len(payload)) + payload for payload in payloads)


def read(*payloads, from_start=False):
    return list(decode.lines(plain(*payloads), from_start))


def told(lines):
    """Events as (sequence, data), gaps as (from, to, reason)."""
    for line in lines:
        if "sequence" in line:
            yield line["sequence"], base64.b64decode(line["data"])
        elif "gap" in line:
            yield line["gap"]["from"], line["gap"]["to"], line["gap"]["reason"]


class ChecksumTest(unittest.TestCase):
    def test_has_the_published_values(self):
        self.assertEqual(crc32c(b"123456789"), 0xE3069283)
        self.assertEqual(crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(crc32c(b"\xff" * 32), 0x62A8AB43)
        self.assertEqual(crc32c(bytes(range(32))), 0x46DD794E)


class FrameTest(unittest.TestCase):
    DOCUMENTED = bytes.fromhex(
        "35000040 03612e62 2e00 03010073 040300782f79 050c00010000000000000002000000 0608000300000000000000"
        "100700016e02ffffffff 7f")

    def test_reads_the_frame_that_the_documentation_shows(self):
        self.assertEqual(frames.decode(self.DOCUMENTED, "t"), {
            "topic": "a.b", "data": "fw==", "subject": "s", "contenttype": "x/y", "time": {"seconds": 1, "nanos": 2},
            "ttl_ns": 3, "attributes": {"n": {"integer": -1}}})

    def test_reads_the_three_compact_kinds(self):
        self.assertEqual(frames.decode(compact(b"x"), "t"), {"topic": "t", "data": "eA=="})
        self.assertEqual(frames.decode(compact(b"x", 2), "t")["contenttype"], "text/plain")
        self.assertEqual(frames.decode(compact(b"", 3), "t"), {"topic": "t", "data": "", "contenttype": "application/json"})

    def test_reads_every_type_of_attribute(self):
        def attribute(name, kind, value):
            return struct.pack("<BHB", 16, len(name) + len(value) + 2, len(name)) + name + bytes([kind]) + value

        fields = (attribute(b"a", 1, b"\1") + attribute(b"b", 2, b"\xfe\xff\xff\xff") + attribute(b"c", 3, "\u00e9".encode())
                  + attribute(b"d", 4, b"\0\1") + attribute(b"e", 5, b"urn:x") + attribute(b"f", 6, b"../y")
                  + attribute(b"g", 7, struct.pack("<qI", -1, 5)))
        self.assertEqual(frames.decode(full(b"", fields, b""), "t")["attributes"], {
            "a": {"boolean": True}, "b": {"integer": -2}, "c": {"string": "\u00e9"}, "d": {"binary": "AAE="},
            "e": {"uri": "urn:x"}, "f": {"uri-reference": "../y"}, "g": {"timestamp": {"seconds": -1, "nanos": 5}}})

    def test_refuses_what_is_not_the_one_form_and_says_why(self):
        subject, source = b"\x03\x01\x00s", b"\x02\x0a\x00heliograph"
        cases = {
            "TRUNCATED_HEADER": b"\1\0\0", "TRUNCATED_BODY": compact(b"abc")[:-1], "UNKNOWN_KIND": compact(b"", 5),
            "BAD_TOPIC": full(b"a..b", subject, b""), "BAD_FIELD_LENGTH": full(b"a", b"\x03\x02\x00s", b""),
            "UNKNOWN_FIELD": full(b"a", b"\x07\x00\x00", b""), "FIELD_ORDER": full(b"a", subject + b"\x01\x01\x00i", b""),
            "BAD_TEXT": full(b"a", b"\x03\x01\x00\x07", b""),
            "BAD_TIME": full(b"a", b"\x05\x0c\x00" + struct.pack("<qI", 0, 1_000_000_000), b""),
            "BAD_TTL": full(b"a", b"\x06\x08\x00" + bytes(8), b""),
            "BAD_ATTRIBUTE": full(b"a", b"\x10\x04\x00\x02id\x03", b""),
        }
        for reason, frame in cases.items():
            with self.subTest(reason), self.assertRaisesRegex(frames.Malformed, f"^{reason}$"):
                frames.decode(frame, "t")
        for frame, reason in ((full(b"", b"", b"x"), "FIELD_ORDER"), (full(b"t", subject, b""), "BAD_TOPIC"),
                              (full(b"a", source, b""), "FIELD_ORDER"), (full(b"a", b"\x03\x03\x00\xed\xa0\x80", b""), "BAD_TEXT")):
            with self.subTest(frame), self.assertRaisesRegex(frames.Malformed, f"^{reason}$"):
                frames.decode(frame, "t")
        with self.assertRaisesRegex(frames.Malformed, "NO_TOPIC"):
            frames.decode(compact(b"x"), None)


class DatagramTest(unittest.TestCase):
    def test_reads_what_each_type_says(self):
        nak = struct.pack("<QQQIQI", 1, 2, 10, 3, 20, 1)
        status = struct.pack("<QQQQQQQIB", 1, 2, 3, 4, 5, 6, 7, 8, 2) + b"me"
        self.assertEqual(datagrams.parse(datagram(NAK, 0, 0, 0, nak)).body, {"receiver": 1, "cookie": 2, "ranges": [(10, 3), (20, 1)]})
        self.assertEqual(datagrams.parse(datagram(STATUS, 0, 0, 0, status)).body, {
            "receiver": 1, "cookie": 2, "known": 3, "lost": 4, "acknowledged": 5, "limit_datagram": 6, "limit_event": 7,
            "subscriptions": 8, "name": "me"})
        self.assertEqual(datagrams.parse(datagram(COOKIE, 0, 0, 0, bytes(16))).body, {"receiver": 0, "cookie": 0})
        self.assertEqual(datagrams.parse(heartbeat(5, 9)).body["policy"], "drop-oldest:10000,64MiB")

    def test_names_what_is_wrong(self):
        good = data(0, 0, b"x")
        cases = {
            "TOO_SHORT": good[:47], "BAD_MAGIC": good[:4] + b"GH" + good[6:], "BAD_VERSION": good[:6] + b"\x21" + good[7:],
            "BAD_LENGTH": good[:-1], "BAD_CHECKSUM": good[:-1] + b"y", "BAD_SEQUENCE": datagram(HEARTBEAT, 1 << 62, 0),
            "UNKNOWN_TYPE": datagram(8, 0, 0), "BAD_TOPIC": data(0, 0, topic=b"a b"),
            "BAD_TILING": datagram(DATA, 0, 0, 2, b"\1a" + compact(b"x")), "BAD_FRAGMENT": datagram(FRAGMENT, 0, 0, 0, bytes(9)),
            "BAD_HEARTBEAT": datagram(HEARTBEAT, 0, 0, 0, bytes(24)),
            "BAD_STATUS": datagram(STATUS, 0, 0, 0, bytes(60)), "BAD_NAK": datagram(NAK, 0, 0, 0, bytes(16)),
            "BAD_COOKIE": datagram(COOKIE, 0, 0, 0, bytes(15)), "BAD_LOST": datagram(LOST, 0, 0, 0, bytes(25)),
            "NO_KEY": sealed(good),
        }
        for reason, bad in cases.items():
            with self.subTest(reason):
                self.assertEqual(read(bad)[-1]["summary"]["malformed"], {reason: 1})

    def test_only_zeros_may_fill_a_datagram_up(self):
        for filling, reasons in ((bytes(3), {}), (bytes(9), {}), (b"\1\0\0", {"BAD_TILING": 1}), (bytes(4) + b"x", {"BAD_TILING": 1})):
            lines = read(datagram(DATA, 0, 0, 1, b"\1a" + compact(b"x") + filling))
            self.assertEqual(lines[-1]["summary"]["malformed"], reasons, filling)

    def test_any_bytes_give_a_datagram_or_one_reason(self):
        chance = random.Random(1)
        for _ in range(3000):
            bad = bytearray(chance.choice([data(0, 0, b"x", b"yz"), heartbeat(1, 2), *fragments(0, 0, full(b"a", b"", b"x" * 40), 30)]))
            for _ in range(chance.randrange(4)):
                bad[chance.randrange(len(bad))] = chance.randrange(256)
            bad[0:4] = struct.pack("<I", crc32c(bytes(bad[4:])))
            lines = read(bytes(bad))
            self.assertEqual(sum(lines[-1]["summary"]["malformed"].values()) + sum(lines[-1]["summary"]["datagrams"].values()), 1)


class SessionTest(unittest.TestCase):
    def test_tells_events_in_order_with_their_topic_and_time(self):
        lines = read(data(0, 0, b"x", b"y", padding=17), data(1, 2, b"z", topic=b"c"), heartbeat(2, 3, 0x09))
        self.assertEqual(lines[0], {"session": "0123456789abcdef", "sequence": 0, "sent": 1_700_000_000_000_000_000,
                                    "topic": "a.b", "data": "eA=="})
        self.assertEqual([line["topic"] for line in lines[:3]], ["a.b", "a.b", "c"])
        self.assertEqual(lines[3], {"end": {"session": "0123456789abcdef", "events": 3, "is_known": True}})
        self.assertEqual(lines[4]["summary"], {"datagrams": {"data": 2, "heartbeat": 1}, "malformed": {}, "duplicates": 0,
                                               "sessions": 1, "events": 3, "lost": 0})

    def test_puts_in_order_and_drops_repairs(self):
        lines = read(data(2, 2, b"c"), data(0, 0, b"a"), data(1, 1, b"b"), data(2, 2, b"c"), data(0, 0, b"a"))
        self.assertEqual(list(told(lines)), [(0, b"a"), (1, b"b"), (2, b"c")])
        self.assertEqual(lines[-1]["summary"]["duplicates"], 2)

    def test_counts_what_is_missing_between_and_at_the_end(self):
        lines = read(data(0, 0, b"a"), data(3, 41, b"b"), heartbeat(9, 60))
        self.assertEqual(list(told(lines)), [(0, b"a"), (1, 40, "missing"), (41, b"b"), (42, 59, "missing")])
        self.assertEqual([line["gap"]["count"] for line in lines if "gap" in line], [40, 18])
        self.assertEqual(lines[-1]["summary"]["lost"], 58)
        self.assertFalse(lines[-2]["end"]["is_known"])

    def test_what_came_before_the_capture_is_a_gap_only_if_asked(self):
        self.assertEqual(list(told(read(data(5, 9, b"x")))), [(9, b"x")])
        self.assertEqual(list(told(read(data(5, 9, b"x"), from_start=True))), [(0, 8, "missing"), (9, b"x")])
        self.assertEqual(list(told(read(heartbeat(0, 0), data(5, 9, b"x")))), [(0, 8, "missing"), (9, b"x")])

    def test_puts_large_events_together(self):
        large = full(b"big", b"", bytes(range(256)) * 20)
        parts = list(fragments(1, 1, large, 1000))
        random.Random(2).shuffle(parts)
        lines = read(data(0, 0, b"a"), *parts, data(1 + len(parts), 2, b"b"))
        self.assertEqual(list(told(lines)), [(0, b"a"), (1, bytes(range(256)) * 20), (2, b"b")])
        self.assertEqual(lines[1]["topic"], "big")

    def test_a_large_event_is_lost_with_any_of_its_parts(self):
        first = list(fragments(1, 1, full(b"big", b"", b"x" * 3000), 1000))
        second = list(fragments(1 + len(first), 2, full(b"big", b"", b"y" * 3000), 1000))
        whole = [data(0, 0, b"a"), *first, *second, heartbeat(1 + len(first) + len(second), 3)]
        for missing in range(1, 1 + len(first)):
            lines = read(*whole[:missing], *whole[missing + 1 :])
            self.assertEqual(list(told(lines)), [(0, b"a"), (1, 1, "missing"), (2, b"y" * 3000)], missing)
        for missing in range(1 + len(first), 1 + len(first) + len(second)):
            lines = read(*whole[:missing], *whole[missing + 1 :])
            self.assertEqual(list(told(lines)), [(0, b"a"), (1, b"x" * 3000), (2, 2, "missing")], missing)

    def test_parts_of_two_large_events_are_never_mixed(self):
        first = list(fragments(0, 0, full(b"big", b"", b"x" * 3000), 1000))
        second = list(fragments(len(first), 1, full(b"big", b"", b"y" * 3000), 1000))
        self.assertEqual(list(told(read(first[0], *second[1:]))), [(0, 1, "missing")])

    def test_a_frame_that_can_not_be_read_is_one_event_lost(self):
        body = b"\1a" + compact(b"x") + compact(b"?", 9) + compact(b"y")
        lines = read(datagram(DATA, 0, 0, 3, body))
        self.assertEqual(list(told(lines)), [(0, b"x"), (1, 1, "unreadable"), (2, b"y")])
        self.assertEqual(lines[1]["gap"]["frame"], "UNKNOWN_KIND")

    def test_keeps_sessions_apart_and_in_the_order_they_began(self):
        lines = read(data(0, 0, b"late", session=9), data(0, 0, b"early", session=5), datagram(COOKIE, 0, 0, 0, bytes(16), session=7))
        self.assertEqual([line["session"] for line in lines if "sequence" in line], [f"{5:016x}", f"{9:016x}"])
        self.assertEqual(lines[-1]["summary"]["sessions"], 2)

    def test_tells_what_no_publisher_should_send(self):
        def conflicts(*payloads):
            return [line["conflict"]["datagram"] for line in read(*payloads) if "conflict" in line]

        self.assertEqual(conflicts(data(0, 0, b"a"), data(0, 0, b"b")), [0])
        self.assertEqual(conflicts(data(0, 0, b"a", b"b"), data(1, 1, b"c")), [1])
        self.assertEqual(conflicts(data(0, 0, b"a"), data(1, 2, b"c")), [1])
        self.assertEqual(conflicts(data(0, 0, b"a"), data(2, 2, b"c")), [])

    def test_passes_on_what_the_publisher_says_is_lost(self):
        lines = read(data(0, 0, b"a"), datagram(LOST, 5, 9, 0, struct.pack("<QQQB", 1, 3, 4, 2)), data(3, 4, b"b"))
        self.assertIn({"lost": {"session": "0123456789abcdef", "from": 1, "to": 3, "first_event_behind": 4, "reason": 2}}, lines)

    def test_losing_any_datagrams_every_event_is_told_once_or_is_in_one_gap(self):
        for seed in range(60):
            chance = random.Random(seed)
            sent, event, sequence = [heartbeat(0, 0)], 0, 0
            while event < 80:
                if chance.random() < 0.2:
                    parts = list(fragments(sequence, event, full(b"big", b"", bytes([event]) * 500), 100))
                    count = 1
                else:
                    count = chance.randrange(1, 6)
                    parts = [data(sequence, event, *(bytes([event + i]) * 3 for i in range(count)))]
                sent, event, sequence = sent + parts, event + count, sequence + len(parts)
            sent.append(heartbeat(sequence, event, 0x09))
            kept = [sent[0], *(payload for payload in sent[1:-1] if chance.random() < 0.8), sent[-1]]
            kept += chance.sample(kept, 5)
            chance.shuffle(kept)
            covered = []
            for line in told(read(*kept)):
                covered += range(line[0], line[1] + 1) if len(line) == 3 else [line[0]]
                if len(line) == 2:
                    self.assertEqual(set(line[1]), {line[0]}, seed)
            self.assertEqual(covered, list(range(event)), f"seed {seed}")


class CaptureTest(unittest.TestCase):
    def test_cuts_trains_apart(self):
        train = data(0, 0, b"a", padding=8) + data(1, 1, b"b", padding=8) + data(2, 2, b"c")
        self.assertEqual(list(told(read(train))), [(0, b"a"), (1, b"b"), (2, b"c")])
        summary = read(train + b"HG")[-1]["summary"]
        self.assertEqual((summary["events"], summary["malformed"]), (3, {"TOO_SHORT": 1}))

    def test_counts_each_sealed_datagram_of_a_train_and_reads_what_is_not_sealed(self):
        lines = read(sealed(data(0, 0, b"a")) + sealed(data(1, 1, b"b")) + data(0, 0, b"c", session=5))
        self.assertEqual(list(told(lines)), [(0, b"c")])
        self.assertEqual(lines[-1]["summary"]["malformed"], {"NO_KEY": 2})

    def test_reads_pcap_of_each_link_type_and_byte_order(self):
        payload = data(0, 0, b"x")
        udp = struct.pack(">HHHH", 1000, 4770, 8 + len(payload), 0) + payload
        packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 0, 0, 1, 17, 0, b"\x0a\x4d\0\1", b"\xef\x4d\1\1") + udp
        links = {1: bytes(12) + b"\x08\x00", 113: bytes(14) + b"\x08\x00", 276: b"\x08\x00" + bytes(18), 0: b"\2\0\0\0", 101: b""}
        other = {1: bytes(12) + b"\x08\x06" + bytes(28), 113: bytes(14) + b"\x86\xdd", 276: bytes(20), 0: bytes(5), 101: b"\x60" + bytes(40)}
        for link, head in links.items():
            for order, magic, unit in (("<", 0xA1B2C3D4, 1000), (">", 0xA1B23C4D, 1)):
                with self.subTest(link=link, order=order):
                    file = struct.pack(order + "IHHiIII", magic, 2, 4, 0, 0, 65535, link)
                    for frame in (other[link], head + packet, other[link]):
                        file += struct.pack(order + "IIII", 3, 4, len(frame), len(frame)) + frame
                    self.assertEqual(list(capture.read(file)), [(3_000_000_000 + 4 * unit, payload)])
        vlan = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        frame = bytes(12) + b"\x81\x00\x00\x05\x08\x00" + packet
        self.assertEqual(len(list(capture.read(vlan + struct.pack("<IIII", 0, 0, len(frame), len(frame)) + frame))), 1)

    def test_does_not_take_a_part_of_a_datagram_for_a_whole_one(self):
        head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
        fragment = b"\x45\0\0\x1c\0\0\x20\0\1\x11" + bytes(18)
        for length in (len(fragment), len(fragment) + 1):
            with self.assertRaisesRegex(capture.BadCapture, "fragment" if length == len(fragment) else "in part"):
                list(capture.read(head + struct.pack("<IIII", 0, 0, len(fragment), length) + fragment))

    def test_says_where_a_file_ends_too_early(self):
        for cut in (5, 20):
            with self.subTest(cut), self.assertRaises(capture.BadCapture):
                list(capture.read(plain(data(0, 0, b"x"))[:cut]))
        self.assertEqual(list(capture.read(b"")), [])


class CommandTest(unittest.TestCase):
    def run_on(self, content, *flags):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "capture")
            with open(path, "wb") as file:
                file.write(content)
            out, err = io.StringIO(), io.StringIO()
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = decode.main([*flags, path])
            return code, out.getvalue().splitlines(), err.getvalue()

    def test_writes_one_line_of_json_an_event(self):
        code, lines, err = self.run_on(plain(data(1, 1, b"x")), "--from-start")
        self.assertEqual((code, err), (0, ""))
        self.assertEqual(lines[0], '{"gap":{"session":"0123456789abcdef","from":0,"to":0,"count":1,"reason":"missing"}}')
        self.assertTrue(lines[1].startswith('{"session":"0123456789abcdef","sequence":1,"sent":1700000000000000001,"topic":"a.b",'))

    def test_says_in_one_line_that_what_is_sealed_can_not_be_read(self):
        code, lines, err = self.run_on(plain(sealed(data(0, 0, b"a")), sealed(data(1, 1, b"b"))))
        self.assertEqual((code, len(lines)), (0, 1))
        self.assertRegex(err, "^decode.py: .*capture: datagrams sealed with a key: 2; their events can't be read, because"
                              " Python's standard library has no AES\n$")

    def test_its_exit_code_tells_of_conflicts_bad_files_and_bad_usage(self):
        self.assertEqual(self.run_on(plain(data(0, 0, b"a"), data(0, 0, b"b")))[0], 1)
        self.assertEqual(self.run_on(b"\1\2\3")[0], 1)
        self.assertEqual(self.run_on(b"", "--no-such-flag")[0], 2)


if __name__ == "__main__":
    unittest.main()
