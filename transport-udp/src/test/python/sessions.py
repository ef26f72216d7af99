"""Sessions: puts the datagrams of one publisher's life in order, and tells its events and what is missing.

Datagrams are numbered from 0, and each tells the number of its first event; so do heartbeats, of the next ones. A hole in
the datagrams is a hole in the events from the one that was expected to the one that comes next. An event larger than a
datagram is cut into parts, in datagrams behind one another; where one is missing, that event is.
"""

import frames
from datagrams import DATA, END_OF_STREAM, FRAGMENT, HEARTBEAT, LOST


class Session:
    """What a capture has of one session."""

    def __init__(self, number):
        self.name = f"{number:016x}"
        self.duplicates = 0
        self._by_sequence = {}
        self._conflicts = []
        self._notices = []
        self._known = 0  # Events that exist, as far as anybody said.
        self._first = None  # The lowest datagram heard of, and its first event.
        self._has_ended = False

    def add(self, datagram):
        """Takes a publisher's datagram in, in any order; a repair that comes after the original is a duplicate."""
        if datagram.type == LOST:
            self._notices.append({"lost": {"session": self.name} | datagram.body})
            return
        self._known = max(self._known, datagram.next_event)
        here = (datagram.sequence, datagram.first_event)
        self._first = min(self._first or here, here)
        if datagram.type == HEARTBEAT:
            self._has_ended |= bool(datagram.flags & END_OF_STREAM)
            return
        known = self._by_sequence.setdefault(datagram.sequence, datagram)
        if known is not datagram:
            self.duplicates += 1
            if known.data != datagram.data:
                self._conflict(datagram, "is not the same bytes as before")

    def lines(self, from_start):
        """Yields events, gaps and what else is to be told, as dictionaries, in the order of the events."""
        if self._first is None:
            return
        expected = 0 if from_start else self._first[1]
        previous = None
        large = None  # The event whose parts are being put together.
        for sequence in sorted(self._by_sequence):
            datagram = self._by_sequence[sequence]
            if large is not None and large.is_continued_by(datagram):
                large.add(datagram)
            else:
                if datagram.first_event < expected:
                    self._conflict(datagram, f"starts at event {datagram.first_event}, {expected} was expected")
                    continue
                if datagram.first_event > expected:
                    if previous == sequence - 1 and large is None:
                        self._conflict(datagram, f"starts at event {datagram.first_event}, right behind {expected - 1}")
                    yield self._gap(expected, datagram.first_event, "missing")
                    expected = datagram.first_event
                large = None
                if datagram.type == DATA:
                    for number, frame in enumerate(datagram.body["frames"], expected):
                        yield self._event(number, frame, datagram.body["topic"], datagram)
                    expected = datagram.next_event
                elif datagram.body["offset"] == 0:
                    large = _LargeEvent(datagram)
            if large is not None and large.is_whole():
                yield self._event(large.number, large.frame, None, datagram)
                expected = large.number + 1
                large = None
            previous = sequence
        if self._known > expected:
            yield self._gap(expected, self._known, "missing")
        yield from self._notices
        yield from self._conflicts
        yield {"end": {"session": self.name, "events": self._known, "is_known": self._has_ended}}

    def _event(self, number, frame, topic, datagram):
        try:
            event = frames.decode(frame, topic)
        except frames.Malformed as reason:
            return self._gap(number, number + 1, "unreadable", frame=str(reason))
        return {"session": self.name, "sequence": number, "sent": datagram.sent} | event

    def _gap(self, start, end, reason, **more):
        gap = {"session": self.name, "from": start, "to": end - 1, "count": end - start, "reason": reason}
        return {"gap": gap | more}

    def _conflict(self, datagram, what):
        self._conflicts.append({"conflict": {"session": self.name, "datagram": datagram.sequence, "what": what}})


class _LargeEvent:
    """A frame whose parts come in datagrams behind one another."""

    def __init__(self, first):
        self.number = first.first_event
        self.frame = first.body["part"]
        self._length = first.body["frame_length"]
        self._last_sequence = first.sequence

    def is_continued_by(self, datagram):
        return (
            datagram.type == FRAGMENT
            and datagram.sequence == self._last_sequence + 1
            and datagram.first_event == self.number + 1
            and datagram.body["frame_length"] == self._length
            and datagram.body["offset"] == len(self.frame)
        )

    def add(self, datagram):
        self.frame += datagram.body["part"]
        self._last_sequence = datagram.sequence

    def is_whole(self):
        return len(self.frame) == self._length
