#!/usr/bin/env python3
"""Reads a capture of Heliograph's datagrams and tells what it holds: the second implementation of docs/wire.md.

    decode.py [--from-start] CAPTURE

Writes one object of JSON a line:

    {"session", "sequence", "sent", "topic", "data" (base64), ...}           an event
    {"gap": {"session", "from", "to", "count", "reason"}}                    events that are missing, or unreadable
    {"lost": {...}}                                                          what the publisher said it can't repair
    {"conflict": {"session", "datagram", "what"}}                            what no publisher should send
    {"end": {"session", "events", "is_known"}}                               each session's end
    {"summary": {"datagrams", "malformed", "duplicates", "sessions", "events", "lost"}}

Of datagrams that are sealed with a key it says on standard error how many there are, and no more: they count as malformed,
NO_KEY. Sessions come in the order they began, events in their order. What was sent before the capture began is no gap, unless
--from-start says that it began first. Exit code 0, 1 if there is a conflict or the file can't be read, 2 for bad usage.
"""

import collections
import json
import sys

import capture
import datagrams
from sessions import Session


def lines(data, from_start=False):
    """Yields what a capture file's bytes hold."""
    by_type, malformed = collections.Counter(), collections.Counter()
    sessions = {}
    for _, payload in capture.read(data):
        for datagram in datagrams.split(payload):
            if isinstance(datagram, datagrams.Malformed):
                malformed[str(datagram)] += 1
                continue
            by_type[datagrams.NAMES[datagram.type]] += 1
            if datagram.type in datagrams.FROM_PUBLISHER:
                sessions.setdefault(datagram.session, Session(datagram.session)).add(datagram)
    totals = collections.Counter(events=0, lost=0)
    for number in sorted(sessions):
        for line in sessions[number].lines(from_start):
            totals["events"] += "sequence" in line
            totals["lost"] += line["gap"]["count"] if "gap" in line else 0
            yield line
    duplicates = sum(session.duplicates for session in sessions.values())
    yield {"summary": {"datagrams": by_type, "malformed": malformed, "duplicates": duplicates, "sessions": len(sessions)} | totals}


def main(arguments):
    from_start = "--from-start" in arguments
    files = [argument for argument in arguments if argument != "--from-start"]
    if len(files) != 1 or files[0].startswith("--"):
        print("usage: decode.py [--from-start] CAPTURE", file=sys.stderr)
        return 2
    code = 0
    try:
        with open(files[0], "rb") as file:
            data = file.read()
        for line in lines(data, from_start):
            code = 1 if "conflict" in line else code
            print(json.dumps(line, separators=(",", ":")))
            sealed = line.get("summary", {}).get("malformed", {}).get("NO_KEY", 0)
            if sealed:
                print(f"decode.py: {files[0]}: datagrams sealed with a key: {sealed}; their events can't be read, because"
                      " Python's standard library has no AES", file=sys.stderr)
    except (OSError, capture.BadCapture) as fault:
        print(f"decode.py: {files[0]}: {fault}", file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
