"""What `connect` and `serve` share: addresses, credentials, and what they report of a connection."""

from __future__ import annotations

from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from socket import SHUT_RDWR, socket
from threading import Timer
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from impl import CertifiedKey, CipherSuite, NamedGroup, ProtocolVersion, Psk, PskKeyExchangeMode, Trust
    from impl.streams import TlsSocket

PATIENCE: Final = 15.0
"""Seconds that a peer may be silent, and that a whole handshake may take."""
MAX_CONVERSATION: Final = 600.0
"""Seconds that a connection may last."""
MAX_TEXT: Final = 1 << 24
"""Bytes that `connect` takes from a peer before it hangs up."""

Number = TypeVar("Number", "CipherSuite", "NamedGroup")


class VersionName(StrEnum):
    """Versions as the command line spells them."""

    TLS12 = "tls12"
    TLS13 = "tls13"


class RenegotiationName(StrEnum):
    """Policies on RFC 5746, as the command line spells them."""

    DISABLED = "disabled"
    UNSAFE = "unsafe"
    PARTIAL = "partial"
    SAFE = "safe"


def versions(wanted: VersionName | None, *, dtls: bool = False) -> tuple[ProtocolVersion, ...]:
    """The versions to enable, best first; None enables all.  Raises `ValueError`."""
    from impl import ProtocolVersion

    if dtls:
        if wanted is not None:
            raise ValueError("--dtls means DTLS 1.2; --version is for TLS")
        return (ProtocolVersion.DTLS12,)
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


def authorities(path: Path) -> Trust:
    """Read the authorities to believe; raises `OSError`, `ValueError` naming the file."""
    from impl import Trust

    try:
        return Trust.from_pem(read_file(path))
    except ValueError as fault:
        raise ValueError(f"{path}: no certificates: {fault}") from None


def certified_key(cert: Path, key: Path) -> CertifiedKey:
    """Read a chain and its key; raises `OSError`, `ValueError` naming the files."""
    from impl import load_certified_key

    try:
        return load_certified_key(read_file(cert), read_file(key))
    except (ValueError, TypeError) as fault:
        raise ValueError(f"{cert} and {key}: {fault}") from None


def pre_shared_key(text: str) -> Psk:
    """Read IDENTITY:HEXKEY; raises `ValueError`."""
    from impl import Psk

    identity, sign, key = text.rpartition(":")
    try:
        return Psk(identity.encode(), bytes.fromhex(key if sign else ""))
    except ValueError:
        raise ValueError(f"--psk {text!r}: give IDENTITY:HEXKEY") from None


def psk_modes(*, without_exchange: bool) -> tuple[PskKeyExchangeMode, ...]:
    """How TLS 1.3 may use pre-shared keys, best first."""
    from impl import PskKeyExchangeMode

    plain = (PskKeyExchangeMode.PSK_KE,) if without_exchange else ()
    return (PskKeyExchangeMode.PSK_DHE_KE, *plain)


def numbers(names: list[str], kind: type[Number], default: tuple[Number, ...]) -> tuple[Number, ...]:
    """Return the cipher suites or groups with these registered names; raises `ValueError`."""
    found = []
    for name in names:
        if name.upper() not in kind.__members__:
            raise ValueError(f"{name!r} is no {kind.__name__}; one is {default[0].name}")
        found.append(kind[name.upper()])
    return tuple(found) or default


def key_log(path: Path | None) -> Callable[[str], None] | None:
    """Return what appends lines to an SSLKEYLOGFILE, or None."""
    if path is None:
        return None

    def log(line: str) -> None:
        with path.open("a", encoding="ascii") as file:
            file.write(f"{line}\n")

    return log


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
        "version": _VERSIONS[agreed.version],
        "cipher_suite": agreed.cipher_suite.name,
        "group": None if agreed.group is None else agreed.group.name,
        "resumed": agreed.resumed,
        "early_data": agreed.early_data,
        "alpn": agreed.alpn.decode("latin-1") if agreed.alpn else None,
        "server_name": agreed.server_name,
        "psk_identity": agreed.psk_identity.decode("latin-1") if agreed.psk_identity else None,
        "peer_certificates": len(agreed.peer_certificates),
        "path": list(stream.session.path),
    }


_VERSIONS: Final = {0x0303: "TLS 1.2", 0x0304: "TLS 1.3", 0xFEFD: "DTLS 1.2"}


def show(found: dict[str, object]) -> None:
    """Print a report as lines."""
    for key, value in found.items():
        text = " → ".join(map(str, value)) if isinstance(value, list) else value
        print(f"{key:17} {text}", flush=True)
