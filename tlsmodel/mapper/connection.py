"""What a mapper has seen and said in one connection: transcript, hellos, record keys.  No state machine.

Every fact is kept when its message passes, in whichever order; nothing is ever refused here.  What differs by
version is in `tls12` and `tls13`, as what follows from a message.
"""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from impl.codec.enums import ContentType, HandshakeType
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import HandshakeMessage, encode
from impl.codec.wire import CodecError
from impl.crypto.groups import KeyShare
from impl.crypto.signatures import PublicKey
from impl.crypto.suites import SUITES, Suite
from impl.record.protection import Protection
from tlsmodel.mapper import hellos
from tlsmodel.mapper.identity import SERVER_RANDOM, Identity, key_shares
from tlsmodel.mapper.layers import Layer
from tlsmodel.mapper.profile import Profile
from tlsmodel.mapper.saved import Saved

MAX_TRANSCRIPT: Final = 2**20
"""Bytes of handshake messages that are kept; no honest handshake comes near."""


class Connection(ABC):
    """One connection as the mapper knows it.

    Parameters
    ----------
    profile: what the scenario settles.
    identity: what the mapper shows.
    saved: the session that is resumed, where one is.

    Attributes
    ----------
    offered: the ClientHello that counts: the target's, or the mapper's own.
    answered: the ServerHello that counts: the first one of a handshake; None before it.
    share, peer_share: the key exchange; `peer_share` is None as long as the target's half is missing.
    peer_key: the key in the target's certificate, None if there is none.
    writes_protected, reads_protected: whether keys are in use.
    read_changes: how often reading keys have changed.
    heard_protected: whether anything has come under keys.
    finished, peer_finished: whether the mapper's and the target's Finished of the last handshake have passed.
    """

    unhashed: ClassVar[frozenset[int]]
    """Types of handshake messages that are in no transcript."""
    messages: ClassVar[Mapping[int, type[HandshakeMessage]]]
    """Number -> message class, except for those that the key exchange decides on."""

    def __init__(self, profile: Profile, identity: Identity, saved: Saved | None, layer: Layer) -> None:
        self.profile = profile
        self.plays_client = profile.plays_client
        self.identity = identity
        self.saved = saved
        self.layer = layer
        self.writes_protected = False
        self.reads_protected = False
        self.read_changes = 0
        self.heard_protected = False
        self.offered: ClientHello = hellos.offer(profile, identity.server_name)
        self.answered: ServerHello | None = None
        self.share: KeyShare = key_shares()[hellos.chosen_group(profile, self.offered)]
        self.peer_share: bytes | None = None
        self.peer_key: PublicKey | None = None
        self.finished = False
        self.peer_finished = False
        self._messages = bytearray()

    @property
    def suite(self) -> Suite:
        """The suite that was chosen, or the mapper's first choice."""
        chosen = None if self.answered is None else SUITES.get(self.answered.cipher_suite)
        if chosen is None or chosen.version is not self.profile.suites[0].version:
            return self.profile.suites[0]
        return chosen

    @property
    def server_random(self) -> bytes:
        """The server's random, which is the mapper's own before any ServerHello."""
        return SERVER_RANDOM if self.answered is None else self.answered.random

    @property
    def complete(self) -> bool:
        """Whether a handshake has been completed and no other one begun."""
        return self.finished and self.peer_finished

    def send(self, name: str, message: bytes) -> bytes:
        """Return the records of handshake message `name`, and do what follows from sending it."""
        self.before_sent(name)
        records = self.layer.message(message)
        self.keep(message[0], self.layer.in_transcript(message, True))
        self.after_sent(name)
        return records

    def keep(self, kind: int, hashed: bytes) -> None:
        """Append a handshake message to the transcript, which ends with the handshake."""
        if kind in self.unhashed or self.complete or len(self._messages) > MAX_TRANSCRIPT:
            return
        self._messages += hashed

    def whole_transcript(self) -> bytes:
        """Return the transcript itself."""
        return bytes(self._messages)

    def transcript_hash(self) -> bytes:
        """Return the hash of the transcript under the suite's hash function."""
        return hashlib.new(self.suite.hash_name, self._messages).digest()

    def begin_handshake(self) -> None:
        """Forget the handshake before, but not the keys that it has led to."""
        self.answered = None
        self.finished = self.peer_finished = False
        self.peer_share = None
        self._messages.clear()

    def before_sent(self, name: str) -> None:
        """A ClientHello of the mapper's begins a handshake, unless one is being answered."""
        if name.startswith("ClientHello") and self.plays_client and self.may_begin():
            self.begin_handshake()

    def hear_offer(self, hello: ClientHello) -> None:
        """Take note of a target's ClientHello; one in the middle of a handshake changes nothing."""
        if self.plays_client or not self.may_begin():
            return
        self.begin_handshake()
        self.take_offer(hello)

    def take_offer(self, hello: ClientHello) -> None:
        """Let `hello` be the offer that is answered."""
        self.offered = hello
        group = hellos.chosen_group(self.profile, hello)
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
        self.layer.write_with(protection)
        self.writes_protected = True

    def protect_reading(self, protection: Protection) -> None:
        """Expect new keys from here on."""
        self.layer.read_with(protection)
        self.reads_protected = True
        self.read_changes += 1

    def server_hello(self, variant: str) -> bytes:
        """Return a ServerHello: the plain one, or a variant of the alphabet."""
        answered = self.answer(variant)
        if variant == "unoffered":
            answered = hellos.unoffered(self.profile, self.offered, answered)
        elif variant == "other_version":
            answered = hellos.answer_of_other_version(self.profile, answered)
        return encode(answered)

    def message_class(self, kind: int) -> type[HandshakeMessage] | None:
        """Return what a handshake message of the target is parsed as, or None if it is none."""
        return self.messages.get(kind)

    def record(self, content_type: int, data: bytes) -> bytes:
        """Return a record under the keys in use."""
        return self.layer.record(content_type, data)

    def heard_early(self) -> bool:
        """Tell whether the record heard last was early data."""
        return False

    def refused(self) -> None:
        """Do what follows when a server refuses a client's hello: nothing without re-handshakes."""
        return

    @abstractmethod
    def may_begin(self) -> bool:
        """Tell whether a ClientHello would begin a handshake now."""

    @abstractmethod
    def client_hello(self, variant: str) -> bytes:
        """Return a ClientHello: the plain one, or a variant of the alphabet."""

    @abstractmethod
    def answer(self, variant: str) -> ServerHello:
        """Return the ServerHello that answers the offer; of variants only those that resume or bind."""

    @abstractmethod
    def name_offer(self, hello: ClientHello) -> str:
        """Return the name of a target's ClientHello, heard before it is taken note of."""

    @abstractmethod
    def name_answer(self, hello: ServerHello) -> str:
        """Return the name of a target's ServerHello, heard before it is taken note of."""

    @abstractmethod
    def after_sent(self, name: str) -> None:
        """Do what follows from the handshake message `name`, just sent."""

    @abstractmethod
    def after_heard(self, name: str, parsed: Any) -> None:
        """Do what follows from the handshake message `name`, just heard; `parsed` is None if it cannot be."""

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

    @abstractmethod
    def session(self) -> Saved | None:
        """Return what the connection has left behind to be resumed, or None."""


def kinds(*types: HandshakeType) -> frozenset[int]:
    """Return handshake types as plain numbers."""
    return frozenset(map(int, types))
