"""The alert message (RFC 8446 section 6).  Levels and descriptions unknown to us are kept as numbers."""

from __future__ import annotations

from typing import Self

from impl.codec.wire import Reader, u8
from impl.frozen import dataclass


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert: `level` and `description` are numbers of `AlertLevel` and `AlertDescription`, or others."""

    level: int
    description: int

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the content of an alert record; raises `DecodeError` unless it is exactly one alert."""
        reader = Reader(body, "Alert")
        alert = cls(reader.u8(), reader.u8())
        reader.end()
        return alert

    def body(self) -> bytes:
        """Return the two bytes of the alert."""
        return u8(self.level) + u8(self.description)
