"""What a message handler is given, what it returns, and how it refuses.

Handlers decide and do nothing else: they take a phase's state and one message, and return the next state with
a list of effects, which `perform` applies to the session's memory all at once.  Only data lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol

from cryptography import x509

from impl.alerts import AlertDescription
from impl.codec.enums import ProtocolVersion
from impl.codes import Code
from impl.config import Config
from impl.frozen import dataclass
from impl.parameters import Parameters
from impl.record.joiner import Message
from impl.record.protection import Protection
from impl.saved_session import SavedSession


class Phase(StrEnum):
    """Where a handshake stands: RFC 8446 appendices A.1 and A.2, and TLS 1.2 in like manner."""

    START = "START"
    WAIT_CH = "WAIT_CH"
    WAIT_SH = "WAIT_SH"
    WAIT_EE = "WAIT_EE"
    WAIT_CERT_CR = "WAIT_CERT_CR"
    WAIT_CERT = "WAIT_CERT"
    WAIT_CV = "WAIT_CV"
    WAIT_STATUS = "WAIT_STATUS"
    WAIT_SKE = "WAIT_SKE"
    WAIT_HINT = "WAIT_HINT"
    WAIT_CR_DONE = "WAIT_CR_DONE"
    WAIT_DONE = "WAIT_DONE"
    WAIT_CKE = "WAIT_CKE"
    WAIT_TICKET = "WAIT_TICKET"
    WAIT_CCS = "WAIT_CCS"
    WAIT_EOED = "WAIT_EOED"
    WAIT_FINISHED = "WAIT_FINISHED"
    CONNECTED = "CONNECTED"


class Exporter(Protocol):
    """Keying material for the application (RFC 5705, RFC 8446 section 7.5)."""

    def export(self, label: bytes, context: bytes | None, length: int) -> bytes:
        """Return `length` bytes for `label`; no context differs from an empty one in TLS 1.2."""


class State(Protocol):
    """What a phase remembers; each phase has its own frozen class."""

    @property
    def phase(self) -> Phase:
        """The phase whose state this is."""


class Refusal(Exception):
    """The peer's message is refused and the session is over.

    Parameters
    ----------
    code: what the call returns.
    reason: one line on what came and what the specification wants instead.
    alert: the alert that fits, where it is not the one that `code` stands for.
    """

    def __init__(self, code: Code, reason: str, alert: AlertDescription | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.alert = alert


@dataclass(frozen=True, slots=True)
class Send:
    """Put whole handshake messages, each in a record of its own, behind what is waiting to be written."""

    messages: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class SendFirst:
    """Send the first ClientHello, whose record says TLS 1.0 (RFC 8446 section 5.1)."""

    message: bytes


@dataclass(frozen=True, slots=True)
class SendChangeCipherSpec:
    """Put a ChangeCipherSpec record behind what is waiting to be written."""


@dataclass(frozen=True, slots=True)
class WriteKeys:
    """Protect what is sent from here on with `protection`."""

    protection: Protection


@dataclass(frozen=True, slots=True)
class WriteInTheClear:
    """Protect nothing from here on: the server has refused early data and wants another ClientHello."""


@dataclass(frozen=True, slots=True)
class ReadKeys:
    """Expect what is received from here on under `protection`; a message begun before is refused."""

    protection: Protection


@dataclass(frozen=True, slots=True)
class Settle:
    """The version is agreed on: records and alerts follow its rules from here on."""

    version: ProtocolVersion


@dataclass(frozen=True, slots=True)
class Limit:
    """Bound the content of one record, in bytes, in either direction (RFC 8449)."""

    writing: int
    reading: int


@dataclass(frozen=True, slots=True)
class SendEarlyData:
    """Send what the application wants to say before the server has answered."""


@dataclass(frozen=True, slots=True)
class TakeEarlyData:
    """Accept up to `size` bytes of early data until the keys change."""

    size: int


@dataclass(frozen=True, slots=True)
class SkipEarlyData:
    """Drop up to `size` bytes of early data, which nobody can read."""

    size: int


@dataclass(frozen=True, slots=True)
class Keep:
    """Let the application have a session that it may resume later."""

    session: SavedSession


@dataclass(frozen=True, slots=True)
class Store:
    """Put a session into the server's database, under its id."""

    session: SavedSession


@dataclass(frozen=True, slots=True)
class Hold:
    """Keep a message until the application calls for the handshake that it begins."""

    message: Message


@dataclass(frozen=True, slots=True)
class Ask:
    """Verify the peer's certificate chain and let the application have its say."""

    chain: tuple[x509.Certificate, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """Tell the application's key log about secrets by their labels; an empty one does not exist."""

    client_random: bytes
    secrets: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """Count a KeyUpdate against what a peer may send per second."""


@dataclass(frozen=True, slots=True)
class Idle:
    """Count a message against what a peer may send without getting anywhere."""

    what: str


@dataclass(frozen=True, slots=True)
class Notify:
    """Make the call that read the message return `code`, which is not fatal."""

    code: Code


@dataclass(frozen=True, slots=True)
class Complete:
    """The handshake has agreed on `parameters`, and on what `exporter` derives for the application."""

    parameters: Parameters
    exporter: Exporter


Effect = (
    Send
    | SendFirst
    | SendChangeCipherSpec
    | WriteKeys
    | WriteInTheClear
    | ReadKeys
    | Settle
    | Limit
    | SendEarlyData
    | TakeEarlyData
    | SkipEarlyData
    | Keep
    | Store
    | Hold
    | Ask
    | Log
    | Pace
    | Idle
    | Notify
    | Complete
)


@dataclass(frozen=True, slots=True)
class Handled:
    """A handler's decision: the state that follows, and what is to be done in this order."""

    next: State
    effects: tuple[Effect, ...] = ()


Handler = Callable[[Any, Message, Config], Handled]
"""(state of the phase, message, configuration) -> decision; raises `Refusal` and what the codec raises."""

Handlers = Mapping[tuple[Phase, int], Handler]
"""The messages that a version and role admit, phase by phase; what is not in the table is refused."""
