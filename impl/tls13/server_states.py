"""What a TLS 1.3 server remembers in each phase; one frozen class a phase."""

from __future__ import annotations

from typing import ClassVar

from impl.codec.enums import NamedGroup
from impl.crypto.suites import Suite
from impl.frozen import dataclass
from impl.keyschedule.tls13 import Exporter, KeySchedule
from impl.parameters import Parameters
from impl.record.protection import Protection
from impl.step import Phase
from impl.tls13.authentication import Peer
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class WaitClientHello:
    """HelloRetryRequest is out.

    Parameters
    ----------
    constant: what of the ClientHello that it answers must come again, as a hash.
    proves: whether that one brought pre-shared keys.
    group: whose share was asked for.
    transcript: the messages before the second ClientHello.
    """

    phase: ClassVar = Phase.WAIT_CH

    constant: bytes
    proves: bool
    suite: Suite
    group: NamedGroup
    transcript: Transcript


@dataclass(frozen=True, slots=True)
class Pending:
    """The server's flight is out; the client must still prove itself.

    Parameters
    ----------
    transcript: all messages so far.
    handshake_secret: the client's handshake traffic secret.
    main: the key schedule in its last stage.
    read_secret, write_secret: the application traffic secrets.
    parameters: what is agreed on, but for the client's certificate.
    late_auth: whether the client answers to a request after the handshake.
    asks: whether the client owes a Certificate.
    ticket_lifetime: seconds that tickets will be good for; 0 sends none.
    """

    transcript: Transcript
    handshake_secret: bytes
    main: KeySchedule
    read_secret: bytes
    write_secret: bytes
    parameters: Parameters
    exporter: Exporter
    late_auth: bool
    asks: bool
    ticket_lifetime: int


@dataclass(frozen=True, slots=True)
class WaitEndOfEarlyData:
    """Early data is being taken; `then` are the keys that follow it."""

    phase: ClassVar = Phase.WAIT_EOED

    pending: Pending
    then: Protection


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The client has been asked for a certificate."""

    phase: ClassVar = Phase.WAIT_CERT

    pending: Pending


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The client's chain is accepted; whether it has the key is open."""

    phase: ClassVar = Phase.WAIT_CV

    pending: Pending
    peer: Peer


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """Nothing but the client's Finished is missing."""

    phase: ClassVar = Phase.WAIT_FINISHED

    pending: Pending
