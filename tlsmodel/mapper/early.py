"""Reading what a client sends while it may still be sending early data (RFC 8446 4.2.10, 4.5).

When a client goes over from the keys of early data to those of the handshake is its own affair: behind
EndOfEarlyData, or as soon as it knows that the early data was refused.  So both are tried.
"""

from __future__ import annotations

from impl.alerts import AlertDescription
from impl.codec.enums import ProtocolVersion
from impl.record.protection import Protection, RecordError


class EarlyReading:
    """The keys of early data, and those that follow them once they exist; each counts its own records.

    Parameters
    ----------
    first: the keys of early data.

    Attributes
    ----------
    early: whether the record opened last was under those.
    early_so_far: whether every record so far was.
    """

    hides_type = True

    def __init__(self, first: Protection) -> None:
        self.max_ciphertext = first.max_ciphertext
        self.expansion = first.expansion
        self.early = False
        self.early_so_far = True
        self._first = first
        self._next: Protection | None = None
        self._counts = [0, 0]

    def follow(self, protection: Protection) -> None:
        """Expect `protection` behind the keys of early data."""
        self._next = protection

    def seal(
        self,
        sequence: int,
        content_type: int,
        fragment: bytes,
        padding: int = 0,
        version: int = ProtocolVersion.TLS12,
    ) -> bytes:
        """See `Protection`: as a client that has not gone over."""
        return self._first.seal(sequence, content_type, fragment, padding, version)

    def open(self, _sequence: int, header: bytes, body: bytes) -> tuple[int, bytes]:
        """Return content type and fragment of a record; raises `RecordError`."""
        if self.early_so_far:
            try:
                opened = self._first.open(self._counts[0], header, body)
            except RecordError:
                if self._next is None:
                    raise
            else:
                self._counts[0] += 1
                self.early = True
                return opened
        if self._next is None:
            raise RecordError(AlertDescription.BAD_RECORD_MAC, "a record under keys that do not exist yet")
        opened = self._next.open(self._counts[1], header, body)
        self._counts[1] += 1
        self.early = self.early_so_far = False
        return opened
