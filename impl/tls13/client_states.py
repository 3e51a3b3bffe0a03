"""What a TLS 1.3 client remembers in each phase; one frozen class a phase."""

from __future__ import annotations

from typing import ClassVar

from impl.codec.enums import NamedGroup, SignatureScheme
from impl.crypto.suites import Suite
from impl.frozen import dataclass
from impl.keyschedule.tls13 import KeySchedule
from impl.offer import Offer
from impl.pre_shared import KnownPsk
from impl.step import Phase
from impl.tls13.authentication import Peer, Request
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Keyed:
    """What every phase after ServerHello remembers.

    Parameters
    ----------
    offer: what the client sent.
    group: the group of the key exchange; None where the pre-shared key is all.
    psk: the pre-shared key that the server chose, or None.
    transcript: all messages so far.
    schedule: the key schedule in its handshake stage.
    client_secret, server_secret: the handshake traffic secrets.
    """

    offer: Offer
    suite: Suite
    group: NamedGroup | None
    psk: KnownPsk | None
    transcript: Transcript
    schedule: KeySchedule
    client_secret: bytes
    server_secret: bytes

    def with_message(self, raw: bytes) -> Keyed:
        """Return the same with one more message in the transcript."""
        return Keyed(
            self.offer,
            self.suite,
            self.group,
            self.psk,
            self.transcript.with_message(raw),
            self.schedule,
            self.client_secret,
            self.server_secret,
        )


@dataclass(frozen=True, slots=True)
class Answers:
    """What EncryptedExtensions said: the application protocol, and whether early data was accepted."""

    alpn: bytes | None
    early_data: bool = False


@dataclass(frozen=True, slots=True)
class WaitEncryptedExtensions:
    """Keys are agreed on."""

    phase: ClassVar = Phase.WAIT_EE

    keyed: Keyed


@dataclass(frozen=True, slots=True)
class WaitCertificateOrRequest:
    """The server may ask for a certificate before it shows its own."""

    phase: ClassVar = Phase.WAIT_CERT_CR

    keyed: Keyed
    answers: Answers


@dataclass(frozen=True, slots=True)
class WaitCertificate:
    """The server has asked for a certificate."""

    phase: ClassVar = Phase.WAIT_CERT

    keyed: Keyed
    answers: Answers
    request: Request


@dataclass(frozen=True, slots=True)
class WaitCertificateVerify:
    """The server's chain is accepted; whether it has the key is open."""

    phase: ClassVar = Phase.WAIT_CV

    keyed: Keyed
    answers: Answers
    request: Request | None
    peer: Peer


@dataclass(frozen=True, slots=True)
class WaitFinished:
    """The server has signed the handshake under `scheme`, or has chosen a pre-shared key instead."""

    phase: ClassVar = Phase.WAIT_FINISHED

    keyed: Keyed
    answers: Answers
    request: Request | None = None
    peer: Peer | None = None
    scheme: SignatureScheme | None = None
