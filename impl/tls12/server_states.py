"""What a TLS 1.2 server remembers in each phase; one frozen class a phase."""

from __future__ import annotations

from typing import ClassVar

from impl.crypto.signatures import PublicKey
from impl.frozen import dataclass
from impl.parameters import Parameters
from impl.saved_session import SavedSession
from impl.step import Phase
from impl.tls12.agreed import Agreed, Secrets
from impl.tls12.choice import Choice
from impl.tls12.exchange import ServerExchange
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server's flight is out, and asked for a certificate."""

    phase: ClassVar = Phase.WAIT_CERT

    agreed: Agreed
    transcript: Transcript
    choice: Choice
    exchange: ServerExchange


@dataclass(frozen=True, slots=True)
class WaitClientKeyExchange:
    """The server waits for the client's half of the exchange.

    Parameters
    ----------
    chain: the client's accepted certificates (DER, leaf first), perhaps none.
    key: the leaf's; whether the client has it is open.
    """

    phase: ClassVar = Phase.WAIT_CKE

    agreed: Agreed
    transcript: Transcript
    choice: Choice
    exchange: ServerExchange
    chain: tuple[bytes, ...] = ()
    key: PublicKey | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """Both sides have the keys; what is left is to prove it.

    Parameters
    ----------
    transcript: all messages so far.
    parameters: what is agreed on once the client has proved itself.
    own_verify: what our Finished said, or None where the client's comes first.
    session: what may be resumed later, of a full handshake.
    """

    agreed: Agreed
    transcript: Transcript
    secrets: Secrets
    parameters: Parameters
    own_verify: bytes | None
    session: SavedSession | None


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The client has shown a certificate and must prove that it has the key."""

    phase: ClassVar = Phase.WAIT_CV

    pending: Pending
    key: PublicKey


@dataclass(frozen=True, slots=True)
class WaitChangeCipherSpec:
    """The client changes keys next."""

    phase: ClassVar = Phase.WAIT_CCS

    pending: Pending


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The client has changed keys."""

    phase: ClassVar = Phase.WAIT_FINISHED

    pending: Pending
