"""Handshake messages, ChangeCipherSpecs and records over datagrams that get lost, reordered and duplicated.

Joins record layer, reassembly, flights and timer behind the calls that the record layer over a stream has, so
that the handlers of TLS 1.2 serve DTLS 1.2 as they are.  What no handshake could use is dropped here and
counted; which phase admits what is not known here.  Theory: RFC 6347 sections 4.1 and 4.2.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from typing import Final

from impl.codec.enums import ContentType, HandshakeType
from impl.codec.wire import DecodeError
from impl.dtls12.flights import ChangeItem, Flight, HandshakeItem, Heard
from impl.dtls12.timer import RetransmissionTimer
from impl.limits import MAX_HELD_DATA, MAX_PLAINTEXT
from impl.record.datagram import HEADER_LENGTH, DatagramReader, DatagramWriter, Drop
from impl.record.joiner import Message
from impl.record.protection import Protection
from impl.record.reassembly import Fragment, Reassembly, Verdict, fragments
from impl.record.stream import Record

DEFAULT_MTU: Final = 1200
MIN_MTU: Final = 64

_CHANGE_CIPHER_SPEC: Final = Record(ContentType.CHANGE_CIPHER_SPEC, b"\x01", False)


class DatagramChannel:
    """One end of a connection over datagrams, handshake after handshake.

    Parameters
    ----------
    mtu: the most bytes of one datagram, at least `MIN_MTU`; headers below DTLS not counted.
    retransmit_timeout: seconds until an unanswered flight is sent again for the first time.
    total_timeout: seconds after which a handshake has failed.

    The first handshake has begun when the channel is made.  Everything received must be taken with
    `next_message` and `next_record` before the next datagram is fed.  It is true while something waits to be
    written, which reading can bring about, in an established session as well.

    Attributes
    ----------
    message_sequence: the message_seq of the handshake message that is sent next.
    """

    __slots__ = (
        "_answering", "_change", "_change_offered", "_dropped", "_finished_epoch", "_flight", "_heard",
        "_held", "_held_bytes", "_kept", "_loose", "_loose_first", "_mtu", "_reader", "_reassembly",
        "_records", "_settled", "_timer", "_writer", "message_sequence",
    )  # fmt: skip

    def __init__(
        self, mtu: int = DEFAULT_MTU, retransmit_timeout: float = 1.0, total_timeout: float = 60.0
    ) -> None:
        self._reader = DatagramReader()
        self._writer = DatagramWriter()
        self._reassembly = Reassembly()
        self._timer = RetransmissionTimer(retransmit_timeout, total_timeout)
        self._dropped: Counter[Drop] = Counter()
        self._records: deque[Record] = deque()
        self._held: deque[Record] = deque()
        self._held_bytes = 0
        self._loose: deque[bytes] = deque()
        self._loose_first = 0
        self._flight = Flight()
        self._kept = Flight()
        self._heard: Heard | None = None
        self._settled: Heard | None = None
        self._answering = True
        self._change = self._change_offered = False
        self._finished_epoch = 0
        self.message_sequence = 0
        self.set_mtu(mtu)

    # Sending.

    def send_messages(self, messages: Sequence[bytes]) -> None:
        """Put whole handshake messages, with the four-byte header of TLS, into the flight.

        The first thing sent after a message of the peer was taken begins a new flight, and the one before
        counts as received.
        """
        flight = self._present_flight()
        for message in messages:
            flight.add(HandshakeItem.of(message, self._writer.epoch, self.message_sequence))
            self.message_sequence += 1

    def send_first(self, message: bytes) -> None:
        """Put a connection's first ClientHello into the flight."""
        self.send_messages((message,))

    def send_change_cipher_spec(self) -> None:
        """Put a ChangeCipherSpec into the flight; `write_keys` belongs behind it."""
        self._present_flight().add(ChangeItem(self._writer.epoch))

    def send_record(self, content_type: int, data: bytes) -> None:
        """Send an alert or application data, once: in a datagram of its own behind what waits.

        Raises `ValueError` for data over `data_mtu`, `SequenceExhausted`.
        """
        if len(data) > self.data_mtu:
            raise ValueError(f"a record of {len(data)} bytes does not fit into a datagram")
        self._loose.append(self._writer.seal(self._writer.epoch, content_type, data))

    def write_keys(self, protection: Protection) -> None:
        """Begin the next epoch of sending; raises `SequenceExhausted` if there is none."""
        self._writer.use(protection)

    def _present_flight(self) -> Flight:
        if self._answering:
            self._answering = False
            self._flight = Flight(self._heard)
            self._loose_first = len(self._loose)
            self._timer.next_flight()
            kept = self._kept.oldest_epoch
            self._writer.forget(self._writer.epoch if kept is None else kept)
        return self._flight

    def __bool__(self) -> bool:
        return bool(self._kept or self._flight or self._loose)

    @property
    def repeats_last(self) -> bool:
        """Whether the last flight of a finished handshake waits to be written again."""
        return bool(self._kept)

    @property
    def sends_flight(self) -> bool:
        """Whether the present flight waits to be written."""
        return bool(self._flight)

    def waiting(self) -> bytes:
        """Return the next datagram to write, b"" if there is none.

        It stays the same until `advance`, a new MTU, or the retransmission of something else.

        Raises `SequenceExhausted`.
        """
        flight = self._sending()
        if flight is not None:
            return flight.waiting(self._writer, self._mtu)
        return self._loose[0] if self._loose else b""

    def _sending(self) -> Flight | None:
        """Return the flight whose turn it is; records that were there before it go first."""
        if self._kept:
            return self._kept
        return self._flight if self._flight and not self._loose_first else None

    def lose_repeated(self) -> None:
        """Count what is left of a repeated last flight as lost; the peer will ask again."""
        self._kept.lose()

    def advance(self, count: int) -> None:
        """Note that the transport took the datagram; with a count of 0 it has not.

        What it cut off is lost like any other datagram.
        """
        if not count:
            return
        flight = self._sending()
        if flight is not None:
            flight.advance()
        elif self._loose:
            self._drop_loose()

    def _drop_loose(self) -> None:
        self._loose.popleft()
        self._loose_first = max(0, self._loose_first - 1)

    def too_large(self, droppable: bool) -> None:
        """Note that the transport refused the datagram for its size.

        A flight waits for `set_mtu`, and is then cut anew from where it stands; a record that was to be sent
        once and is `droppable` is dropped, because it cannot be cut.
        """
        if droppable and self._sending() is None and self._loose:
            self._drop_loose()

    # Receiving.

    def feed(self, datagram: bytes) -> None:
        """Take a datagram of the peer; nothing in it is ever an error."""
        for record in self._reader.read(datagram):
            self._take(record)

    def read_keys(self, protection: Protection) -> None:
        """Begin the next epoch of receiving, with what of it has come already.

        Messages of the epoch before that were not taken are dropped.  Raises `SequenceExhausted` if there is
        no further epoch.
        """
        early = self._reader.use(protection)
        self._reassembly.forget()
        self._change = self._change_offered = False
        for record in early:
            self._take(record)

    def next_message(self) -> Message | None:
        """Return the next handshake message, in the order of message_seq, or None.

        Its `raw` has the header that it has in one piece (RFC 6347 section 4.2.6).
        """
        message = self._reassembly.next()
        if message is None:
            return None
        sequence = int.from_bytes(message.raw[4:6])
        self._heard = Heard(self._reader.epoch, message.type, sequence)
        self._answering = True
        self._change_offered = False
        self._kept = Flight()
        if message.type == HandshakeType.CLIENT_HELLO:
            # Someone may have answered the first ClientHello in our name, with a HelloVerifyRequest; messages
            # and records are numbered as if we had (RFC 6347 section 4.2.1).
            self.message_sequence = max(self.message_sequence, sequence)
            if not self._reader.epoch:
                self._writer.catch_up(self._reader.sequence)
        return message

    def next_record(self) -> Record | None:
        """Return the next ChangeCipherSpec, alert or application data, or None.

        A ChangeCipherSpec may overtake the messages before it: it is given out again behind each message,
        until `read_keys` follows it.  Whoever cannot use it yet ignores it.  Application data under the keys
        of a handshake that is not finished is given out after `finish_handshake`.
        """
        if self._change and not self._change_offered:
            self._change_offered = True
            return _CHANGE_CIPHER_SPEC._replace(protected=self._reader.epoch > 0)
        return self._records.popleft() if self._records else None

    def join(self, fragment: bytes) -> None:
        """Do nothing: fragments of messages are joined when they are fed, and never given out as records."""

    def mid_message(self) -> bool:
        """Return False: where fragments get lost, other records may come between them at any time."""
        return False

    @property
    def dropped(self) -> Counter[Drop]:
        """What was thrown away, how often and why."""
        return self._reader.dropped + self._dropped

    def _take(self, record: Record) -> None:
        if record.content_type is ContentType.HANDSHAKE:
            self._take_fragments(record.fragment)
        elif record.content_type is ContentType.CHANGE_CIPHER_SPEC:
            if record.fragment == _CHANGE_CIPHER_SPEC.fragment:
                self._change = True
            else:
                self._dropped[Drop.CONTENT] += 1
        elif record.content_type is ContentType.APPLICATION_DATA and not record.protected:
            self._dropped[Drop.CONTENT] += 1
        elif (
            record.content_type is ContentType.APPLICATION_DATA and self._reader.epoch > self._finished_epoch
        ):
            self._hold(record)
        else:
            self._records.append(record)

    def _hold(self, record: Record) -> None:
        size = HEADER_LENGTH + len(record.fragment)
        if self._held_bytes + size > MAX_HELD_DATA:
            self._dropped[Drop.NO_ROOM] += 1
            return
        self._held.append(record)
        self._held_bytes += size

    def _take_fragments(self, content: bytes) -> None:
        try:
            found = fragments(content)
        except DecodeError:
            self._dropped[Drop.FRAGMENT] += 1
            return
        for fragment in found:
            self._take_fragment(fragment)

    def _take_fragment(self, fragment: Fragment) -> None:
        which = Heard(self._reader.epoch, fragment.type, fragment.sequence)
        # The Finished of the handshake before would otherwise wait for its turn in the next one.
        verdict = Verdict.REPEATED if which == self._settled else self._reassembly.feed(fragment)
        if verdict is Verdict.DROPPED:
            self._dropped[Drop.FRAGMENT] += 1
        elif verdict is Verdict.REPEATED and fragment.ends:
            self._send_again(which)

    def _send_again(self, which: Heard) -> None:
        """Answer a message that comes again, because the answer to it was lost (RFC 6347 section 4.2.4).

        A flight that is still being written is answer enough, and so one repetition never causes two.
        """
        for flight in (self._kept, self._flight):
            if flight.answers == which and not flight:
                flight.rewind()
                self._timer.restart()

    # Handshakes and time.

    def begin_handshake(self) -> None:
        """Begin a re-handshake, whose time counts from here or else from its first flight.

        Both sides' message_seq have started from 0 when the handshake before was finished, and a HelloRequest
        that came since then counts.
        """
        self._answering = True
        self._timer.begin()

    def finish_handshake(self) -> None:
        """End the handshake: the timer stops, and numbering starts from 0 again.

        A last flight of ours is kept, for the peer may miss it: then its Finished comes again, and in this
        epoch no other handshake can have one.
        """
        self._timer.finish()
        self._kept = Flight() if self._answering else self._flight
        self._flight = Flight()
        if self._heard is not None and self._heard.type == HandshakeType.FINISHED:
            self._settled = self._heard
        self._heard = None
        self._answering = True
        self._change = self._change_offered = False
        self._reassembly.restart()
        self.message_sequence = 0
        self._finished_epoch = self._reader.epoch
        self._records += self._held
        self._held.clear()
        self._held_bytes = 0

    def give_up_request(self) -> None:
        """Stop asking for a re-handshake that the peer does not begin."""
        self._timer.finish()
        self._flight = Flight()

    def tick(self, now: float) -> bool:
        """Let the timer run; tell whether it has expired, and the flight is to be written again.

        Parameters
        ----------
        now: seconds of any clock, here and below.

        To be called before each attempt to read: it runs from the first call after the flight was written.
        """
        if not (self._flight.awaits_answer and self._timer.tick(now)):
            return False
        self._flight.rewind()
        return True

    def timeout(self, now: float) -> float | None:
        """Return the seconds until `tick` or `expired` want to be asked again, or None if they never do."""
        return self._timer.remaining(now, waiting=self._flight.awaits_answer)

    def expired(self, now: float) -> bool:
        """Tell whether the handshake has taken longer than it may in all."""
        return self._timer.expired(now)

    # Sizes.

    def set_mtu(self, mtu: int) -> None:
        """Set the most bytes of one datagram; a flight that waits is cut anew.

        More than 2^14 is taken for 2^14; raises `ValueError` below `MIN_MTU`.
        """
        if mtu < MIN_MTU:
            raise ValueError(f"datagrams of {mtu} bytes are too small, the least is {MIN_MTU}")
        self._mtu = min(mtu, MAX_PLAINTEXT)
        self._kept.repack()
        self._flight.repack()

    @property
    def mtu(self) -> int:
        """The most bytes of one datagram."""
        return self._mtu

    @property
    def data_mtu(self) -> int:
        """The most bytes that `send_record` takes, under the present keys."""
        return self._mtu - self._writer.overhead(self._writer.epoch)
