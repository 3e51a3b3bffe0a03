"""What keys do to one record (RFC 5246 section 6.2.3.3, RFC 5288, RFC 7905; RFC 8446 section 5.2).

A protection seals and opens single records; sequence numbers come from the stream that counts them.
"""

from __future__ import annotations

from typing import Final, Protocol

from cryptography.exceptions import InvalidTag

from impl.alerts import AlertDescription
from impl.codec.enums import ContentType, ProtocolVersion
from impl.crypto.aead import NONCE_LENGTH, TAG_LENGTH, TrafficKeys
from impl.crypto.suites import Suite
from impl.limits import MAX_EXPANSION_TLS12, MAX_EXPANSION_TLS13, MAX_PLAINTEXT


class RecordError(Exception):
    """A record that is refused; `str()` of it is one line that says why.

    Parameters
    ----------
    alert: what the peer is told.
    reason: one line.
    """

    def __init__(self, alert: AlertDescription, reason: str) -> None:
        super().__init__(reason)
        self.alert = alert


class Protection(Protocol):
    """Keys of one direction, as the record layer uses them.

    Attributes
    ----------
    max_ciphertext: the longest protected fragment that is accepted, in bytes.
    expansion: how many bytes are added to a fragment without padding.
    hides_type: whether the true content type travels inside, as in TLS 1.3; then what is not marked as
        application data is not protected.
    """

    max_ciphertext: int
    expansion: int
    hides_type: bool

    def seal(
        self,
        sequence: int,
        content_type: int,
        fragment: bytes,
        padding: int = 0,
        version: int = ProtocolVersion.TLS12,
    ) -> bytes:
        """Return a whole record, header included; `version` is what the header says."""

    def open(self, sequence: int, header: bytes, body: bytes) -> tuple[int, bytes]:
        """Return content type and fragment of a record; raises `RecordError`."""


class Protection12:
    """AEAD protection of TLS 1.2.

    Parameters
    ----------
    suite: a TLS 1.2 cipher suite.
    keys: key and implicit nonce of the direction.
    """

    __slots__ = ("_cipher", "_explicit", "_iv", "expansion", "hides_type", "max_ciphertext")

    def __init__(self, suite: Suite, keys: TrafficKeys) -> None:
        self.max_ciphertext = MAX_PLAINTEXT + MAX_EXPANSION_TLS12
        self.hides_type = False
        self._cipher = suite.aead.make(keys.key)
        self._iv = keys.iv
        self._explicit = NONCE_LENGTH - suite.aead.fixed_iv_length
        self.expansion = self._explicit + TAG_LENGTH

    def seal(
        self,
        sequence: int,
        content_type: int,
        fragment: bytes,
        padding: int = 0,
        version: int = ProtocolVersion.TLS12,
    ) -> bytes:
        """Return a whole record; `padding` must be 0, for TLS 1.2 AEAD records have none."""
        if padding:
            raise ValueError("TLS 1.2 AEAD records have no padding")
        number = sequence.to_bytes(8)
        start = bytes((content_type,)) + version.to_bytes(2)
        associated = number + start + len(fragment).to_bytes(2)
        explicit = number if self._explicit else b""
        body = explicit + self._cipher.encrypt(self._nonce(sequence, explicit), fragment, associated)
        return start + len(body).to_bytes(2) + body

    def open(self, sequence: int, header: bytes, body: bytes) -> tuple[int, bytes]:
        """Return content type and fragment of a record; raises `RecordError`."""
        length = len(body) - self._explicit - TAG_LENGTH
        if length < 0:
            raise _bad_mac()
        explicit = body[: self._explicit]
        associated = sequence.to_bytes(8) + header[:3] + length.to_bytes(2)
        try:
            nonce = self._nonce(sequence, explicit)
            fragment = self._cipher.decrypt(nonce, body[self._explicit :], associated)
        except InvalidTag:
            raise _bad_mac() from None
        return header[0], fragment

    def _nonce(self, sequence: int, explicit: bytes) -> bytes:
        return self._iv + explicit if explicit else _mix(self._iv, sequence)


class Protection13:
    """Protection of TLS 1.3, with hidden content type and padding.

    Parameters
    ----------
    suite: a TLS 1.3 cipher suite.
    keys: key and initialization vector of the direction.
    """

    __slots__ = ("_cipher", "_iv", "expansion", "hides_type", "max_ciphertext")

    def __init__(self, suite: Suite, keys: TrafficKeys) -> None:
        self.max_ciphertext = MAX_PLAINTEXT + MAX_EXPANSION_TLS13
        self.expansion = 1 + TAG_LENGTH
        self.hides_type = True
        self._cipher = suite.aead.make(keys.key)
        self._iv = keys.iv

    def seal(
        self,
        sequence: int,
        content_type: int,
        fragment: bytes,
        padding: int = 0,
        version: int = ProtocolVersion.TLS12,
    ) -> bytes:
        """Return a whole record with `padding` zero bytes behind the hidden content type."""
        if version != ProtocolVersion.TLS12:
            raise ValueError("TLS 1.3 records say TLS 1.2 (RFC 8446 section 5.2)")
        inner = fragment + bytes((content_type,)) + bytes(padding)
        header = _OUTER + (len(inner) + TAG_LENGTH).to_bytes(2)
        return header + self._cipher.encrypt(_mix(self._iv, sequence), inner, header)

    def open(self, sequence: int, header: bytes, body: bytes) -> tuple[int, bytes]:
        """Return hidden content type and fragment of a record; raises `RecordError`."""
        if len(body) < TAG_LENGTH:
            raise _bad_mac()
        try:
            inner = self._cipher.decrypt(_mix(self._iv, sequence), body, header)
        except InvalidTag:
            raise _bad_mac() from None
        if len(inner) > MAX_PLAINTEXT + 1:
            raise RecordError(AlertDescription.RECORD_OVERFLOW, "an inner plaintext over 2^14 + 1 bytes")
        content = inner.rstrip(b"\0")
        if not content:
            reason = "a protected record of padding only (RFC 8446 section 5.4)"
            raise RecordError(AlertDescription.UNEXPECTED_MESSAGE, reason)
        return content[-1], content[:-1]


_OUTER: Final = bytes((ContentType.APPLICATION_DATA,)) + ProtocolVersion.TLS12.to_bytes(2)


def _mix(iv: bytes, sequence: int) -> bytes:
    return (int.from_bytes(iv) ^ sequence).to_bytes(NONCE_LENGTH)


def _bad_mac() -> RecordError:
    return RecordError(AlertDescription.BAD_RECORD_MAC, "a record failed authentication")
