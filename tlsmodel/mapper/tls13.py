"""A TLS 1.3 connection as the mapper knows it: the key schedule driven by what passes (RFC 8446 7.1).

Keys change behind ServerHello, Finished and KeyUpdate and nowhere else; a second ServerHello or Finished
changes none.  Without a key exchange there are no record keys, and Finished is computed from a zero secret.
"""

from __future__ import annotations

from typing import ClassVar, Final

from impl.codec.enums import ContentType, HandshakeType, ProtocolVersion
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT, certificate_verify_content
from impl.keyschedule import tls13
from impl.keyschedule.tls13 import KeySchedule, Label
from impl.record.protection import Protection13
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.identity import Identity

# Whether the client's is meant -> its value or the server's.
_HANDSHAKE_LABEL: Final = {True: Label.CLIENT_HANDSHAKE_TRAFFIC, False: Label.SERVER_HANDSHAKE_TRAFFIC}
_APPLICATION_LABEL: Final = {True: Label.CLIENT_APPLICATION_TRAFFIC, False: Label.SERVER_APPLICATION_TRAFFIC}
_SIGNATURE_CONTEXT: Final = {True: CLIENT_CONTEXT, False: SERVER_CONTEXT}


class Connection13(Connection):
    """See `Connection`.  Secrets are kept by whether they are the mapper's own."""

    version: ClassVar = ProtocolVersion.TLS13
    # KeyUpdate and NewSessionTicket belong to no handshake, wherever they turn up (RFC 8446 4.4.1).
    unhashed: ClassVar = frozenset(
        map(int, (HandshakeType.HELLO_REQUEST, HandshakeType.KEY_UPDATE, HandshakeType.NEW_SESSION_TICKET))
    )

    def __init__(self, plays_client: bool, identity: Identity) -> None:
        super().__init__(plays_client, identity)
        self._stage: KeySchedule | None = None
        self._handshake: dict[bool, bytes] = {}
        self._application: dict[bool, bytes] = {}
        self._write_secret = b""
        self._read_secret = b""

    def after_sent(self, name: str) -> None:
        """Go over to the next keys where this message is their border."""
        match name:
            case "ServerHello" if not self.plays_client and self.answered is None:
                self.answered = self.answer()
                self._begin()
            case "Finished" | "Finished.bad" if not self.finished:
                self.finished = True
                if not self.plays_client:
                    self._derive_application()
                if self._application:
                    self._write_with(self._application[True])
            case "KeyUpdate.requested" | "KeyUpdate.not_requested" if self.writes_protected:
                self._write_with(tls13.next_traffic_secret(self.suite, self._write_secret))

    def after_heard(self, name: str) -> None:
        """Go over to the next keys where this message is their border."""
        match name:
            case "ServerHello" if self.plays_client and self._stage is None:
                self._begin()
            case "Finished" | "Finished.bad" if not self.peer_finished:
                self.peer_finished = True
                if self.plays_client:
                    self._derive_application()
                if self._application:
                    self._read_with(self._application[False])
            case "KeyUpdate.requested" | "KeyUpdate.not_requested" if self.reads_protected:
                self._read_with(tls13.next_traffic_secret(self.suite, self._read_secret))

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec, which is never protected and changes nothing (RFC 8446 5)."""
        return b"".join(self.writer.plain(ContentType.CHANGE_CIPHER_SPEC, value))

    def hear_change_cipher_spec(self) -> bool:
        """Allow a ChangeCipherSpec until the target's Finished (RFC 8446 5)."""
        return not self.peer_finished

    def admits_in_clear(self, content_type: ContentType) -> bool:
        """ChangeCipherSpec always; an alert from a client that may not have got as far as the keys."""
        match content_type:
            case ContentType.CHANGE_CIPHER_SPEC:
                return True
            case ContentType.ALERT:
                return not self.reads_protected or not (self.plays_client or self.heard_protected)
            case ContentType.HANDSHAKE:
                return not self.reads_protected
        return False

    def verify_data(self, own: bool) -> bytes:
        """Return the content of a Finished (RFC 8446 4.4.4)."""
        digest = self.transcript_hash()
        secret = self._handshake.get(own)
        if secret is None:
            stage = KeySchedule.early(self.suite).handshake(bytes(self.suite.hash_length))
            secret = stage.derive(_HANDSHAKE_LABEL[own == self.plays_client], digest)
        return tls13.verify_data(self.suite, secret, digest)

    def signed_transcript(self, own: bool, /) -> bytes:
        """Return what a CertificateVerify covers (RFC 8446 4.4.3)."""
        return certificate_verify_content(
            _SIGNATURE_CONTEXT[own == self.plays_client], self.transcript_hash()
        )

    def _begin(self) -> None:
        shared = self.shared_secret()
        if shared is None:
            return
        self._stage = KeySchedule.early(self.suite).handshake(shared)
        self._handshake = self._secrets(self._stage, _HANDSHAKE_LABEL)
        self._write_with(self._handshake[True])
        self._read_with(self._handshake[False])

    def _derive_application(self) -> None:
        if self._stage is not None and not self._application:
            self._application = self._secrets(self._stage.main(), _APPLICATION_LABEL)

    def _secrets(self, stage: KeySchedule, labels: dict[bool, Label]) -> dict[bool, bytes]:
        digest = self.transcript_hash()
        return {own: stage.derive(labels[own == self.plays_client], digest) for own in (True, False)}

    def _write_with(self, secret: bytes) -> None:
        self._write_secret = secret
        self.protect_writing(self._protection(secret))

    def _read_with(self, secret: bytes) -> None:
        self._read_secret = secret
        self.protect_reading(self._protection(secret))

    def _protection(self, secret: bytes) -> Protection13:
        return Protection13(self.suite, tls13.traffic_keys(self.suite, secret))
