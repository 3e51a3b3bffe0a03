"""What `connect` and `serve` share: addresses, credentials, and what they report of a connection."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from impl import ProtocolVersion
    from impl.streams import TlsSocket

PATIENCE: Final = 15.0
"""Seconds that a peer may be silent, and that a whole handshake may take."""
MAX_CONVERSATION: Final = 600.0
"""Seconds that a connection may last."""
MAX_TEXT: Final = 1 << 24
"""Bytes that `connect` takes from a peer before it hangs up."""


class VersionName(StrEnum):
    """Versions as the command line spells them."""

    TLS12 = "tls12"
    TLS13 = "tls13"


def versions(wanted: VersionName | None) -> tuple[ProtocolVersion, ...]:
    """The versions to enable, best first; None enables all."""
    from impl import ProtocolVersion

    known = {VersionName.TLS13: ProtocolVersion.TLS13, VersionName.TLS12: ProtocolVersion.TLS12}
    return tuple(known.values()) if wanted is None else (known[wanted],)


def address(text: str) -> tuple[str, int]:
    """Split HOST:PORT; raises `ValueError`."""
    host, sign, port = text.rpartition(":")
    if not sign or not host or not (port.isascii() and port.isdigit()) or not 0 < int(port[:6]) < 65536:
        raise ValueError(f"{text!r} is not HOST:PORT")
    return host.removeprefix("[").removesuffix("]"), int(port)


def read_file(path: Path) -> bytes:
    """Read a credentials file; raises `OSError`, and `ValueError` for one that is far too large."""
    if path.stat().st_size > 1 << 20:
        raise ValueError(f"{path}: larger than 1 MiB")
    return path.read_bytes()


@contextmanager
def hanging_up_after(seconds: float, connection: socket) -> Iterator[None]:
    """Shut a connection down when the block takes longer than `seconds`, however busy its peer is."""

    def hang_up() -> None:
        try:
            connection.shutdown(SHUT_RDWR)
        except OSError:
            return  # it is closed already

    timer = Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def report(stream: TlsSocket) -> dict[str, object]:
    """What was negotiated, and the phases that the session went through, as the model names them."""
    agreed = stream.parameters
    if agreed is None:
        return {"version": None, "path": list(stream.session.path)}
    return {
        "version": {0x0303: "TLS 1.2", 0x0304: "TLS 1.3"}[agreed.version],
        "cipher_suite": agreed.cipher_suite.name,
        "group": None if agreed.group is None else agreed.group.name,
        "resumed": agreed.resumed,
        "alpn": agreed.alpn.decode("latin-1") if agreed.alpn else None,
        "server_name": agreed.server_name,
        "path": list(stream.session.path),
    }


def show(found: dict[str, object]) -> None:
    """Print a report as lines."""
    for key, value in found.items():
        text = " → ".join(map(str, value)) if isinstance(value, list) else value
        print(f"{key:15} {text}", flush=True)
