"""DTLS handshake messages out of fragments that come in any order (RFC 6347 sections 4.2.2 and 4.2.3).

Knows the twelve-byte header and, of messages, only which of them can open a handshake.  Nothing here refuses
a message for good: what does not fit is dropped, and the peer's retransmission brings it again.
"""

from __future__ import annotations

from enum import Enum, auto
from typing import Final, NamedTuple

from impl.codec.enums import HandshakeType
from impl.codec.wire import DecodeError, Reader
from impl.limits import MAX_GAPS, MAX_HANDSHAKE_MESSAGE, MAX_MESSAGES_AHEAD, MAX_REASSEMBLY
from impl.record.joiner import HEADER_LENGTH as TLS_HEADER_LENGTH
from impl.record.joiner import Message

HEADER_LENGTH: Final = 12

_OPENERS: Final[dict[int, bool]] = {
    HandshakeType.HELLO_REQUEST: True,
    HandshakeType.HELLO_VERIFY_REQUEST: True,
    HandshakeType.CLIENT_HELLO: False,
    HandshakeType.SERVER_HELLO: False,
}
"""What a peer's side of a handshake can begin with -> whether another beginning may follow.

Stacks do not agree on whether HelloRequest and HelloVerifyRequest count, and a HelloRequest may be lost for
good; so the numbering starts with whatever number such a message has.
"""


class Fragment(NamedTuple):
    """Part of a handshake message.

    Parameters
    ----------
    type, length, sequence: of the whole message.
    offset: where `data` belongs in its body.
    """

    type: int
    length: int
    sequence: int
    offset: int
    data: bytes

    @property
    def ends(self) -> bool:
        """Whether this is the end of the message."""
        return self.offset + len(self.data) == self.length


def fragments(content: bytes) -> list[Fragment]:
    """Return the fragments that a handshake record contains, one after another; raises `DecodeError`."""
    reader = Reader(content, "handshake fragment")
    found = []
    while reader:
        kind, length, sequence, offset = reader.u8(), reader.u24(), reader.u16(), reader.u24()
        found.append(Fragment(kind, length, sequence, offset, reader.vector(3)))
        if offset + len(found[-1].data) > length:
            raise DecodeError("a handshake fragment beyond the end of its message")
    return found


def encode_fragment(fragment: Fragment) -> bytes:
    """Return a fragment behind its header."""
    kind, length, sequence, offset, data = fragment
    header = bytes((kind,)) + length.to_bytes(3) + sequence.to_bytes(2) + offset.to_bytes(3)
    return header + len(data).to_bytes(3) + data


def unfragmented(message: bytes, sequence: int) -> bytes:
    """Return a message with the DTLS header that it has in one piece, as transcripts take it.

    Parameters
    ----------
    message: the whole message behind the four-byte header of TLS.
    sequence: its message_seq.
    """
    body = message[TLS_HEADER_LENGTH:]
    return encode_fragment(Fragment(message[0], len(body), sequence, 0, body))


class Verdict(Enum):
    """What became of a fragment.

    TAKEN: it is kept.  REPEATED: its message has been handed out before.  DROPPED: it contradicts what is
    known, or there is no room for it.
    """

    TAKEN = auto()
    REPEATED = auto()
    DROPPED = auto()


class _Partial:
    """A message of which some is here: the body, and which spans of it are filled, in order and apart."""

    __slots__ = ("body", "spans", "type")

    def __init__(self, kind: int, length: int) -> None:
        self.type = kind
        self.body = bytearray(length)
        self.spans: list[tuple[int, int]] = []

    def whole(self) -> bool:
        return self.spans == [(0, len(self.body))]

    def agrees(self, fragment: Fragment) -> bool:
        """Tell whether header and overlapping bytes are those that are here."""
        if (fragment.type, fragment.length) != (self.type, len(self.body)):
            return False
        low, high = fragment.offset, fragment.offset + len(fragment.data)
        for start, end in self.spans:
            first, last = max(start, low), min(end, high)
            if first < last and self.body[first:last] != fragment.data[first - low : last - low]:
                return False
        return True

    def fill(self, fragment: Fragment) -> bool:
        """Put the fragment in its place, unless the spans became too many."""
        low, high = fragment.offset, fragment.offset + len(fragment.data)
        apart = [span for span in self.spans if span[1] < low or high < span[0]]
        if len(apart) == MAX_GAPS:
            return False
        self.body[low:high] = fragment.data
        touched = [span for span in self.spans if span not in apart]
        joined = min([low, *(start for start, _ in touched)]), max([high, *(end for _, end in touched)])
        self.spans = sorted([*apart, joined])
        return True


class Reassembly:
    """Collects fragments and gives out whole messages in the order of message_seq.

    Attributes
    ----------
    expected: the message_seq of the message that is given out next.
    """

    __slots__ = ("_last", "_opening", "_partials", "expected")

    def __init__(self) -> None:
        self.expected = 0
        self._opening = True
        self._partials: dict[int, _Partial] = {}
        self._last: Message | None = None

    def restart(self) -> None:
        """Begin a new handshake, whose messages are numbered from 0 again."""
        self.expected = 0
        self._opening = True
        self._partials.clear()
        self._last = None

    def forget(self) -> None:
        """Drop what is not given out yet: a change of keys must not let it pass for what came under them."""
        self._partials.clear()

    def feed(self, fragment: Fragment) -> Verdict:
        """Take a fragment."""
        if self._repeats(fragment):
            return Verdict.REPEATED
        useless = fragment.length > MAX_HANDSHAKE_MESSAGE or (fragment.length and not fragment.data)
        if self._opening and not useless and fragment.type in _OPENERS:
            if abs(fragment.sequence - self.expected) > MAX_MESSAGES_AHEAD:
                return Verdict.DROPPED
            if fragment.sequence != self.expected:
                self._start_at(fragment.sequence)
        if not 0 <= fragment.sequence - self.expected < MAX_MESSAGES_AHEAD:
            return Verdict.REPEATED if fragment.sequence < self.expected else Verdict.DROPPED
        if useless:
            return Verdict.DROPPED
        return self._fit(fragment)

    def next(self) -> Message | None:
        """Return the next message, or None until more of it is fed; `raw` is as if it came in one piece."""
        partial = self._partials.get(self.expected)
        if partial is None or not partial.whole():
            return None
        del self._partials[self.expected]
        body = bytes(partial.body)
        whole = Fragment(partial.type, len(body), self.expected, 0, body)
        self._last = Message(partial.type, body, encode_fragment(whole))
        self._opening = self._opening and _OPENERS.get(partial.type, False)
        self.expected += 1
        return self._last

    def _start_at(self, sequence: int) -> None:
        self.expected = sequence
        for number in [number for number in self._partials if number < sequence]:
            del self._partials[number]

    def _repeats(self, fragment: Fragment) -> bool:
        """Tell whether this is of the message given out last; of a number's reuse its content tells."""
        last = self._last
        if last is None or (fragment.sequence, fragment.type) != (self.expected - 1, last.type):
            return False
        start = fragment.offset
        return last.body[start : start + len(fragment.data)] == fragment.data

    def _fit(self, fragment: Fragment) -> Verdict:
        partial = self._partials.get(fragment.sequence)
        if partial is None:
            if not self._make_room(fragment):
                return Verdict.DROPPED
            partial = self._partials[fragment.sequence] = _Partial(fragment.type, fragment.length)
        elif not partial.agrees(fragment):
            # Which of the two is forged cannot be told, and the genuine one will come again.
            del self._partials[fragment.sequence]
            return Verdict.DROPPED
        return Verdict.TAKEN if partial.fill(fragment) else Verdict.DROPPED

    def _make_room(self, fragment: Fragment) -> bool:
        """Let messages that are further from their turn give way to this one."""
        room = (
            MAX_REASSEMBLY - fragment.length - sum(len(partial.body) for partial in self._partials.values())
        )
        later = sorted((number for number in self._partials if number > fragment.sequence), reverse=True)
        for number in later:
            if room >= 0:
                break
            room += len(self._partials.pop(number).body)
        return room >= 0
