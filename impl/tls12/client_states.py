"""What a TLS 1.2 client remembers in each phase; one frozen class a phase."""

from __future__ import annotations

from typing import ClassVar

from impl.codec.enums import SignatureScheme
from impl.credentials import CertifiedKey
from impl.crypto.signatures import PublicKey
from impl.frozen import dataclass
from impl.parameters import Parameters
from impl.saved_session import SavedSession
from impl.step import Phase
from impl.tls12.agreed import Agreed, Secrets
from impl.tls12.exchange import ClientExchange
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Peer:
    """The server's accepted chain (DER, leaf first), its leaf's key, and what is stapled to it."""

    chain: tuple[bytes, ...]
    key: PublicKey
    ocsp_response: bytes | None = None


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server has chosen a full handshake with a certificate."""

    phase: ClassVar = Phase.WAIT_CERT

    agreed: Agreed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitServerKeyExchange:
    """The server's chain is accepted, or there is none; whether it has the key is open."""

    phase: ClassVar = Phase.WAIT_SKE

    agreed: Agreed
    transcript: Transcript
    peer: Peer | None


@dataclass(frozen=True, slots=True)
class WaitHint:
    """The server has chosen pre-shared keys alone; it may name one of them."""

    phase: ClassVar = Phase.WAIT_HINT

    agreed: Agreed
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class WaitRequestOrDone:
    """The server may ask for a certificate."""

    phase: ClassVar = Phase.WAIT_CR_DONE

    agreed: Agreed
    transcript: Transcript
    peer: Peer | None
    exchange: ClientExchange


@dataclass(frozen=True, slots=True)
class WaitStatus:
    """The server may staple an OCSP response; if it does not, `then` is where we are."""

    phase: ClassVar = Phase.WAIT_STATUS

    then: WaitServerKeyExchange | WaitRequestOrDone


@dataclass(frozen=True, slots=True)
class Request:
    """The server wants a certificate; `key` fits, with the scheme to sign with, if there is one."""

    key: tuple[CertifiedKey, SignatureScheme] | None


@dataclass(frozen=True, slots=True)
class WaitServerHelloDone:
    """The server has said what it wants, perhaps a certificate."""

    phase: ClassVar = Phase.WAIT_DONE

    agreed: Agreed
    transcript: Transcript
    peer: Peer | None
    exchange: ClientExchange
    request: Request | None


@dataclass(frozen=True, slots=True)
class Pending:
    """Both sides have the keys; what is left is to prove it.

    Parameters
    ----------
    transcript: all messages so far.
    parameters: what is agreed on once the server has proved itself.
    own_verify: what our Finished said, or None where the server's comes first.
    session: what can be resumed later, or None.
    """

    agreed: Agreed
    transcript: Transcript
    secrets: Secrets
    parameters: Parameters
    own_verify: bytes | None
    session: SavedSession | None


@dataclass(frozen=True, slots=True)
class WaitTicket:
    """The server has announced a ticket."""

    phase: ClassVar = Phase.WAIT_TICKET

    pending: Pending


@dataclass(frozen=True, slots=True)
class WaitChangeCipherSpec:
    """The server changes keys next."""

    phase: ClassVar = Phase.WAIT_CCS

    pending: Pending


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The server has changed keys."""

    phase: ClassVar = Phase.WAIT_FINISHED

    pending: Pending
