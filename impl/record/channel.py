"""What carries handshake messages and records: the protocol that a session needs, and its form over a stream.

A channel frames, protects and joins; it does no I/O and knows no phase.  `impl.dtls12.channel` is the form
over datagrams.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Protocol

from impl.codec.enums import ContentType, ProtocolVersion
from impl.limits import MAX_PLAINTEXT
from impl.record.joiner import Joiner, Message
from impl.record.protection import Protection
from impl.record.stream import Record, RecordReader, RecordWriter


class Channel(Protocol):
    """Both directions between handshake messages and what a transport moves.

    Attributes
    ----------
    message_sequence: the number of the next message that we send, over datagrams; None over streams.
    """

    @property
    def message_sequence(self) -> int | None:
        """The number of the next message that we send."""

    def send_messages(self, messages: Sequence[bytes]) -> None:
        """Put whole handshake messages, with TLS's header, behind what waits to be written."""

    def send_first(self, message: bytes) -> None:
        """Put a connection's first ClientHello in front of everything."""

    def send_change_cipher_spec(self) -> None:
        """Put a ChangeCipherSpec behind what waits to be written."""

    def send_record(self, content_type: ContentType, data: bytes) -> None:
        """Put an alert or application data behind what waits to be written."""

    def write_keys(self, protection: Protection) -> None:
        """Protect what is put in from here on with `protection`."""

    def read_keys(self, protection: Protection) -> None:
        """Expect what is read from here on under `protection`."""

    def waiting(self) -> bytes:
        """Return what the transport is to be given next, b"" if nothing waits to be written."""

    def advance(self, count: int) -> None:
        """Note that `count` more bytes have been written."""

    def feed(self, data: bytes) -> None:
        """Take what the transport gave."""

    def next_message(self) -> Message | None:
        """Return the next whole handshake message; raises `CodecError`."""

    def next_record(self) -> Record | None:
        """Return the next record, of handshake messages too; raises `RecordError`."""

    def join(self, fragment: bytes) -> None:
        """Take the fragment of a handshake record."""

    def mid_message(self) -> bool:
        """Tell whether a handshake message has begun that is not whole, or waits to be taken."""


class StreamChannel:
    """A channel over an ordered byte stream (RFC 8446 section 5, RFC 5246 section 6)."""

    message_sequence: Final = None

    __slots__ = (
        "feed", "join", "joiner", "mid_message", "next_message", "next_record", "output", "reader", "writer",
    )  # fmt: skip

    def __init__(self) -> None:
        self.reader = RecordReader()
        self.writer = RecordWriter()
        self.joiner = Joiner()
        self.output = bytearray()
        # What one of the parts does alone.
        self.feed, self.next_record = self.reader.feed, self.reader.next
        self.join, self.next_message = self.joiner.feed, self.joiner.next
        self.mid_message = self.joiner.pending

    def send_messages(self, messages: Sequence[bytes]) -> None:
        """Put each message into records of its own."""
        for message in messages:
            self.output += b"".join(self.writer.protect(ContentType.HANDSHAKE, message))

    def send_first(self, message: bytes) -> None:
        """Put the first ClientHello into records that say TLS 1.0 (RFC 8446 section 5.1)."""
        self.output += b"".join(self.writer.plain(ContentType.HANDSHAKE, message, ProtocolVersion.TLS10))

    def send_change_cipher_spec(self) -> None:
        """Put a ChangeCipherSpec behind what waits; TLS 1.3 has it in the clear under any keys."""
        self.output += b"".join(self.writer.change_cipher_spec())

    def send_record(self, content_type: ContentType, data: bytes) -> None:
        """Put `data` into records."""
        self.output += b"".join(self.writer.protect(content_type, data))

    def write_keys(self, protection: Protection) -> None:
        """Protect the records that follow with `protection`."""
        self.writer.use(protection)

    def read_keys(self, protection: Protection) -> None:
        """Expect the records that follow under `protection`."""
        self.reader.use(protection)

    def limit(self, writing: int, reading: int) -> None:
        """Bound the content of one record in either direction."""
        self.writer.limit(min(writing, MAX_PLAINTEXT))
        self.reader.limit(reading)

    def skip(self, size: int) -> None:
        """Drop up to `size` bytes of records that fail authentication, until one passes."""
        self.reader.skip(size)

    def waiting(self) -> bytes:
        """Return all that is not written yet."""
        return bytes(self.output)

    def advance(self, count: int) -> None:
        """Note that `count` more bytes have been written."""
        del self.output[:count]
