"""What a mapper has seen and said in one connection: transcript, hellos, record keys.  No state machine.

Every fact is kept when its message passes, in whichever order; nothing is ever refused here.  What differs by
version is in `tls12` and `tls13`, as what follows from a message.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from typing import ClassVar, Final

from impl.codec.enums import ContentType, ProtocolVersion
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.wire import CodecError
from impl.crypto.groups import KeyShare
from impl.crypto.signatures import PublicKey
from impl.crypto.suites import SUITES, Suite
from impl.record.protection import Protection
from impl.record.stream import RecordReader, RecordWriter
from tlsmodel.mapper import hellos
from tlsmodel.mapper.identity import SERVER_RANDOM, Identity, key_shares

MAX_TRANSCRIPT: Final = 2**20
"""Bytes of handshake messages that are kept; no honest handshake comes near."""


class Connection(ABC):
    """One connection as the mapper knows it.

    Parameters
    ----------
    plays_client: whether the mapper is the client.
    identity: what it shows.

    Attributes
    ----------
    offered: the ClientHello that counts: the target's first one, or the mapper's own.
    answered: the ServerHello that counts: the first one; None before it.
    share, peer_share: the key exchange; `peer_share` is None as long as the target's half is missing.
    peer_key: the key in the target's certificate, None if there is none.
    writes_protected, reads_protected: whether keys are in use.
    read_changes: how often reading keys have changed.
    heard_protected: whether anything has come under keys.
    finished, peer_finished: whether the mapper's and the target's Finished have passed.
    """

    version: ClassVar[ProtocolVersion]
    unhashed: ClassVar[frozenset[int]]
    """Types of handshake messages that are in no transcript."""

    def __init__(self, plays_client: bool, identity: Identity) -> None:
        self.plays_client = plays_client
        self.identity = identity
        self.reader = RecordReader()
        self.writer = RecordWriter()
        self.writes_protected = False
        self.reads_protected = False
        self.read_changes = 0
        self.heard_protected = False
        self.offered: ClientHello = hellos.offer(self.version, identity.server_name)
        self.answered: ServerHello | None = None
        self.share: KeyShare = key_shares()[hellos.chosen_group(self.version, self.offered)]
        self.peer_share: bytes | None = None
        self.peer_key: PublicKey | None = None
        self.finished = False
        self.peer_finished = False
        self._heard_offer = False
        self._messages = bytearray()

    @property
    def suite(self) -> Suite:
        """The suite that was chosen, or the mapper's first choice."""
        chosen = None if self.answered is None else SUITES.get(self.answered.cipher_suite)
        if chosen is None or chosen.version is not self.version:
            return hellos.OFFERED_SUITES[self.version][0]
        return chosen

    @property
    def server_random(self) -> bytes:
        """The server's random, which is the mapper's own before any ServerHello."""
        return SERVER_RANDOM if self.answered is None else self.answered.random

    def send(self, name: str, message: bytes) -> bytes:
        """Return the records of handshake message `name`, and do what follows from sending it."""
        records = b"".join(self.writer.protect(ContentType.HANDSHAKE, message))
        self.keep(message)
        self.after_sent(name)
        return records

    def keep(self, message: bytes) -> None:
        """Append a handshake message to the transcript, which ends with the handshake."""
        complete = self.finished and self.peer_finished
        if message[0] in self.unhashed or complete or len(self._messages) > MAX_TRANSCRIPT:
            return
        self._messages += message

    def messages(self) -> bytes:
        """Return the transcript itself."""
        return bytes(self._messages)

    def transcript_hash(self) -> bytes:
        """Return the hash of the transcript under the suite's hash function."""
        return hashlib.new(self.suite.hash_name, self._messages).digest()

    def hear_offer(self, hello: ClientHello) -> None:
        """Take note of a target's ClientHello; a later one changes nothing."""
        if self.plays_client or self._heard_offer:
            return
        self._heard_offer = True
        self.offered = hello
        group = hellos.chosen_group(self.version, hello)
        self.share = key_shares()[group]
        self.peer_share = hellos.offered_shares(hello).get(group)

    def hear_answer(self, hello: ServerHello) -> None:
        """Take note of a target's ServerHello; a later one changes nothing."""
        if not self.plays_client or self.answered is not None:
            return
        self.answered = hello
        entry = hellos.answered_share(hello)
        if entry is not None:
            self.hear_share(entry.group, entry.key_exchange)

    def hear_share(self, group: int, public: bytes) -> None:
        """Take note of a target server's key share; of a group that was not offered there is none."""
        share = key_shares().get(group)
        if share is not None:
            self.share, self.peer_share = share, public

    def answer(self) -> ServerHello:
        """Return the ServerHello that answers the offer."""
        return hellos.answer(self.version, self.offered)

    def shared_secret(self) -> bytes | None:
        """Return what the key exchange gives, or None without two usable halves."""
        if self.peer_share is None:
            return None
        try:
            return self.share.exchange(self.peer_share)
        except CodecError:
            return None

    def protect_writing(self, protection: Protection) -> None:
        """Send under new keys from here on."""
        self.writer.use(protection)
        self.writes_protected = True

    def protect_reading(self, protection: Protection) -> None:
        """Expect new keys from here on."""
        self.reader.use(protection)
        self.reads_protected = True
        self.read_changes += 1

    @abstractmethod
    def after_sent(self, name: str) -> None:
        """Do what follows from the handshake message `name`, just sent."""

    @abstractmethod
    def after_heard(self, name: str) -> None:
        """Do what follows from the handshake message `name`, just heard."""

    @abstractmethod
    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec record with `value`, and do what it announces."""

    @abstractmethod
    def hear_change_cipher_spec(self) -> bool:
        """Do what a target's ChangeCipherSpec announces; tells whether it may come at all."""

    @abstractmethod
    def admits_in_clear(self, content_type: ContentType) -> bool:
        """Tell whether a target may send a record of this type without protection now."""

    @abstractmethod
    def verify_data(self, own: bool) -> bytes:
        """Return the content of a Finished that the mapper (`own`) or the target sends now."""

    @abstractmethod
    def signed_transcript(self, own: bool, /) -> bytes:
        """Return what a CertificateVerify of the mapper (`own`) or the target signs now."""
