"""The record layer over a byte stream, without I/O (RFC 8446 section 5, RFC 5246 section 6).

`RecordReader` turns bytes into records, `RecordWriter` the reverse; each direction has its own keys and its
own sequence number, and whoever owns it changes keys at the moment of his choice.  Which record is allowed
when is not decided here, only which is a record at all.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from impl.alerts import AlertDescription
from impl.codec.enums import ContentType, ProtocolVersion
from impl.crypto.aead import TAG_LENGTH
from impl.limits import MAX_EMPTY_RECORDS, MAX_EXPANSION_TLS13, MAX_PLAINTEXT, MAX_SEQUENCE
from impl.record.protection import Protection as Protection
from impl.record.protection import RecordError as RecordError

HEADER_LENGTH: Final = 5

_CHANGE_CIPHER_SPEC: Final = int(ContentType.CHANGE_CIPHER_SPEC)
_APPLICATION_DATA: Final = int(ContentType.APPLICATION_DATA)
_TYPES: Final = {int(content_type): content_type for content_type in ContentType}


class TooManyEmptyRecords(RecordError):
    """More empty application data in a row than `MAX_EMPTY_RECORDS`."""


class SequenceExhausted(RecordError):
    """The keys have protected as many records as sequence numbers exist (RFC 8446 section 5.3)."""


class Record(NamedTuple):
    """One record.

    Parameters
    ----------
    content_type: the true content type.
    fragment: what it contains, at most 2^14 bytes.
    protected: whether it came under keys.  Once TLS 1.3 keys are in use, a record that is not protected is
        handed out all the same: the caller drops ChangeCipherSpec and refuses the others.
    """

    content_type: ContentType
    fragment: bytes
    protected: bool


_HIDDEN_LENGTH: Final = 1 + TAG_LENGTH
"""Bytes that TLS 1.3 adds to the content of a record: its true type and the tag."""

_DROPPED: Final = Record(ContentType.APPLICATION_DATA, b"", False)


class RecordReader:
    """The receiving direction.

    It holds at most what was fed and not yet read; a header that announces too much is refused before its
    body arrives.  After a `RecordError` the direction is dead: every `next` raises the same error again.

    Parameters
    ----------
    max_empty_records: how many empty application-data records may follow each other.
    """

    __slots__ = (
        "_buffer",
        "_empty",
        "_failure",
        "_max_empty_records",
        "_max_fragment",
        "_protection",
        "_sequence",
        "_skip",
    )

    def __init__(self, max_empty_records: int = MAX_EMPTY_RECORDS) -> None:
        self._buffer = bytearray()
        self._protection: Protection | None = None
        self._sequence = 0
        self._max_empty_records = max_empty_records
        self._empty = 0
        self._failure: RecordError | None = None
        self._max_fragment = MAX_PLAINTEXT
        self._skip: int | None = None

    def limit(self, max_fragment: int) -> None:
        """Refuse protected records with more than `max_fragment` bytes of content (RFC 8449 section 4)."""
        self._max_fragment = max_fragment

    def skip(self, size: int) -> None:
        """Drop up to `size` bytes of application data that no key here opens, until a record is good.

        What counts is the content, so that who may send so much is not refused for cutting it small.
        That is what a server does with early data it has refused (RFC 8446 section 4.2.10).
        """
        self._skip = size or None

    def use(self, protection: Protection | None, sequence: int = 0) -> None:
        """Expect the records that follow under `protection`, or in the clear if it is None.

        Parameters
        ----------
        sequence: the number of the first of them.
        """
        self._protection = protection
        self._sequence = sequence

    def feed(self, data: bytes) -> None:
        """Take bytes from the peer."""
        if self._failure is None:
            self._buffer += data

    def pending(self) -> bool:
        """Tell whether bytes of a partial or further record wait."""
        return bool(self._buffer)

    def next(self) -> Record | None:
        """Return the next whole record, or None until more bytes are fed.

        Raises `RecordError` (`TooManyEmptyRecords`, `SequenceExhausted`).
        """
        if self._failure is not None:
            raise self._failure
        try:
            record = self._next()
            while record is _DROPPED:
                record = self._next()
            return record
        except RecordError as error:
            self._failure = error
            self._buffer.clear()
            raise

    def _next(self) -> Record | None:
        buffer = self._buffer
        if not buffer:
            return None
        # The type alone condemns what is not TLS, even if fewer bytes than a header ever come.
        if buffer[0] not in _TYPES:
            raise _unexpected(f"a record of unknown content type {buffer[0]}")
        if len(buffer) < HEADER_LENGTH:
            return None
        outer = buffer[0]
        protection = self._protection
        if protection is not None and protection.hides_type and outer != _APPLICATION_DATA:
            protection = None
        length = int.from_bytes(buffer[3:5])
        _check_header(buffer, length, protection, early=self._skip is not None and outer == _APPLICATION_DATA)
        end = HEADER_LENGTH + length
        if len(buffer) < end:
            return None
        header, body = bytes(buffer[:HEADER_LENGTH]), bytes(buffer[HEADER_LENGTH:end])
        del buffer[:end]
        if protection is None:
            if self._skip is not None and outer == _APPLICATION_DATA:
                return self._drop(body, self._skip)
            return self._admit(outer, body, protected=False)
        if self._sequence >= MAX_SEQUENCE:
            raise SequenceExhausted(
                AlertDescription.INTERNAL_ERROR, "the receiving sequence number is used up"
            )
        try:
            content_type, fragment = protection.open(self._sequence, header, body)
        except RecordError as error:
            if self._skip is not None and error.alert is AlertDescription.BAD_RECORD_MAC:
                return self._drop(body, self._skip)
            raise
        self._skip = None
        self._sequence += 1
        if protection.hides_type and content_type == _CHANGE_CIPHER_SPEC:
            raise _unexpected("a protected ChangeCipherSpec (RFC 8446 section 5)")
        return self._admit(content_type, fragment, protected=True)

    def _drop(self, body: bytes, room: int) -> Record:
        size = max(1, len(body) - _HIDDEN_LENGTH)
        if size > room:
            raise _unexpected("more early data than is allowed (RFC 8446 section 4.2.10)")
        self._skip = room - size
        return _DROPPED

    def _admit(self, content_type: int, fragment: bytes, *, protected: bool) -> Record:
        known = _TYPES.get(content_type)
        if known is None:
            raise _unexpected(f"a record of unknown content type {content_type}")
        if len(fragment) > (self._max_fragment if protected else MAX_PLAINTEXT):
            raise RecordError(AlertDescription.RECORD_OVERFLOW, f"a fragment of {len(fragment)} bytes")
        if fragment:
            self._empty = 0
        elif known is not ContentType.APPLICATION_DATA:
            raise _unexpected(f"an empty {known.name.lower()} record (RFC 8446 section 5.1)")
        else:
            self._empty += 1
            if self._empty > self._max_empty_records:
                raise TooManyEmptyRecords(AlertDescription.UNEXPECTED_MESSAGE, "nothing but empty records")
        return Record(known, fragment, protected)


class RecordWriter:
    """The sending direction.

    Parameters
    ----------
    fragment_size: the most bytes of content in one record, 1 to 2^14.
    """

    __slots__ = ("_fragment_size", "_protection", "_sequence")

    def __init__(self, fragment_size: int = MAX_PLAINTEXT) -> None:
        if not 0 < fragment_size <= MAX_PLAINTEXT:
            raise ValueError(f"records cannot hold {fragment_size} bytes")
        self._fragment_size = fragment_size
        self._protection: Protection | None = None
        self._sequence = 0

    def use(self, protection: Protection | None, sequence: int = 0) -> None:
        """Protect the records that follow with `protection`, or leave them in the clear if it is None.

        Parameters
        ----------
        sequence: the number of the first of them.
        """
        self._protection = protection
        self._sequence = sequence

    def protect(self, content_type: int, data: bytes, padding: int = 0) -> list[bytes]:
        """Return whole records with `data` under the present keys, in the clear if there are none.

        Empty data makes one empty record.

        Parameters
        ----------
        padding: zero bytes to add to each record; TLS 1.3 keys only.

        Raises `SequenceExhausted`.
        """
        protection = self._protection
        if protection is None:
            return self.plain(content_type, data)
        fragments = self._fragments(data)
        if self._sequence + len(fragments) > MAX_SEQUENCE:
            raise SequenceExhausted(AlertDescription.INTERNAL_ERROR, "the sending sequence number is used up")
        start = self._sequence
        self._sequence += len(fragments)
        return [protection.seal(start + i, content_type, item, padding) for i, item in enumerate(fragments)]

    def plain(self, content_type: int, data: bytes, version: int = ProtocolVersion.TLS12) -> list[bytes]:
        """Return whole records with `data` in the clear, whatever keys are in use.

        Parameters
        ----------
        version: what the version field says (RFC 8446 section 5.1).
        """
        start = bytes((content_type,)) + version.to_bytes(2)
        return [start + len(item).to_bytes(2) + item for item in self._fragments(data)]

    @property
    def records(self) -> int:
        """How many records the present keys have protected."""
        return self._sequence

    def change_cipher_spec(self) -> list[bytes]:
        """Return a ChangeCipherSpec: protected like anything else in TLS 1.2, in the clear in TLS 1.3."""
        hidden = self._protection is not None and self._protection.hides_type
        return (self.plain if hidden else self.protect)(ContentType.CHANGE_CIPHER_SPEC, b"\x01")

    def limit(self, fragment_size: int) -> None:
        """Put at most `fragment_size` bytes of content into each record that follows."""
        self._fragment_size = fragment_size

    def _fragments(self, data: bytes) -> list[bytes]:
        size = self._fragment_size
        if len(data) <= size:
            return [data]
        return [data[i : i + size] for i in range(0, len(data), size)]


def _check_header(header: bytearray, length: int, protection: Protection | None, *, early: bool) -> None:
    """Refuse a version that cannot be meant, and a length before its bytes arrive.

    RFC 8446 section 5.1 has the minor version ignored, and old clients put any into their first record; TLS
    1.2 protects the field, so there it cannot be wrong without notice.

    Parameters
    ----------
    early: whether the record may be early data, to be dropped, under keys that are not here.
    """
    if header[1] != 3:
        raise RecordError(AlertDescription.PROTOCOL_VERSION, f"a record of version {header[1]}.{header[2]}")
    limit = MAX_PLAINTEXT if protection is None else protection.max_ciphertext
    if early:
        limit = MAX_PLAINTEXT + MAX_EXPANSION_TLS13
    if length > limit:
        raise RecordError(AlertDescription.RECORD_OVERFLOW, f"a record of {length} bytes, over {limit}")


def _unexpected(reason: str) -> RecordError:
    return RecordError(AlertDescription.UNEXPECTED_MESSAGE, reason)
