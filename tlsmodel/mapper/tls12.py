"""A TLS 1.2 connection as the mapper knows it: premaster to keys, ChangeCipherSpec, Finished (RFC 5246).

Without a key exchange the master secret is empty, as in a stack that forgot to wait for one; so an early
ChangeCipherSpec or Finished continues exactly where such a stack would have gone.
"""

from __future__ import annotations

from typing import ClassVar, Final

from impl.codec.enums import ContentType, ExtensionType, HandshakeType, ProtocolVersion
from impl.keyschedule import tls12
from impl.record.protection import Protection12
from tlsmodel.mapper.connection import Connection
from tlsmodel.mapper.identity import Identity

_LABELS: Final = {True: tls12.CLIENT_FINISHED, False: tls12.SERVER_FINISHED}


class Connection12(Connection):
    """See `Connection`."""

    version: ClassVar = ProtocolVersion.TLS12
    unhashed: ClassVar = frozenset({int(HandshakeType.HELLO_REQUEST)})

    def __init__(self, plays_client: bool, identity: Identity) -> None:
        super().__init__(plays_client, identity)
        self._master = b""
        self._share_shown = plays_client

    def after_sent(self, name: str) -> None:
        """Take note of hello, key exchange and Finished."""
        match name:
            case "ServerHello" if not self.plays_client and self.answered is None:
                self.answered = self.answer()
            case "ServerKeyExchange" | "ServerKeyExchange.bad":
                self._share_shown = True
            case "ClientKeyExchange" if self.plays_client:
                self._agree()
            case "Finished" | "Finished.bad":
                self.finished = True

    def after_heard(self, name: str) -> None:
        """Take note of key exchange and Finished."""
        match name:
            case "ClientKeyExchange" if not self.plays_client:
                self._agree()
            case "Finished" | "Finished.bad":
                self.peer_finished = True

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec under the old keys and go over to the new ones (RFC 5246 7.1)."""
        record = b"".join(self.writer.protect(ContentType.CHANGE_CIPHER_SPEC, value))
        self.protect_writing(self._protection(of_client=self.plays_client))
        return record

    def hear_change_cipher_spec(self) -> bool:
        """Expect the target's new keys from here on (RFC 5246 7.1)."""
        self.protect_reading(self._protection(of_client=not self.plays_client))
        return True

    def admits_in_clear(self, content_type: ContentType) -> bool:
        """Anything but application data; once there are keys, the record layer takes nothing in the clear."""
        return content_type is not ContentType.APPLICATION_DATA

    def verify_data(self, own: bool) -> bytes:
        """Return the content of a Finished (RFC 5246 7.4.9)."""
        label = _LABELS[own == self.plays_client]
        return tls12.verify_data(self.suite, self._master, label, self.transcript_hash())

    def signed_transcript(self, _own: bool, /) -> bytes:
        """Return all messages so far, whoever signs (RFC 5246 7.4.8)."""
        return self.messages()

    def _agree(self) -> None:
        # Nobody can have exchanged keys with a server that never showed its half.
        premaster = self.shared_secret() if self._share_shown else None
        if premaster is None:
            return
        if self._extended():
            self._master = tls12.extended_master_secret(self.suite, premaster, self.transcript_hash())
        else:
            randoms = self.offered.random, self.server_random
            self._master = tls12.master_secret(self.suite, premaster, *randoms)

    def _extended(self) -> bool:
        hellos = (self.offered, self.answered)
        wanted = ExtensionType.EXTENDED_MASTER_SECRET
        return all(hello is not None and wanted in hello.extensions for hello in hellos)

    def _protection(self, *, of_client: bool) -> Protection12:
        block = tls12.key_block(self.suite, self._master, self.offered.random, self.server_random)
        return Protection12(self.suite, block.client if of_client else block.server)
