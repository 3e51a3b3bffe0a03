"""A TLS 1.3 connection as the mapper knows it: the key schedule driven by what passes (RFC 8446 7.1).

Keys change behind ServerHello, EndOfEarlyData, Finished and KeyUpdate and nowhere else; a second ServerHello
or Finished changes none.  Without a key exchange there are no record keys, and Finished is computed from a
zero secret.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from functools import lru_cache
from hmac import compare_digest
from itertools import count
from typing import Any, ClassVar, Final

from impl.codec import extensions as ext
from impl.codec.enums import CipherSuite, ContentType, ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.extensions import Extensions, OfferedPsks, PskIdentity
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import MESSAGES, encode
from impl.codec.post_handshake import NewSessionTicket13
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT, certificate_verify_content
from impl.crypto.suites import SUITES, Suite
from impl.keyschedule import tls13
from impl.keyschedule.tls13 import KeySchedule, Label
from impl.record.protection import Protection13
from impl.record.stream import RecordWriter
from tlsmodel.mapper import hellos
from tlsmodel.mapper.connection import Connection, kinds
from tlsmodel.mapper.early import EarlyReading
from tlsmodel.mapper.identity import CLIENT_RANDOM, GROUPS, Identity
from tlsmodel.mapper.layers import StreamLayer, flip
from tlsmodel.mapper.profile import Profile
from tlsmodel.mapper.saved import Saved

# Whether the client's is meant -> its value or the server's.
_HANDSHAKE_LABEL: Final = {True: Label.CLIENT_HANDSHAKE_TRAFFIC, False: Label.SERVER_HANDSHAKE_TRAFFIC}
_APPLICATION_LABEL: Final = {True: Label.CLIENT_APPLICATION_TRAFFIC, False: Label.SERVER_APPLICATION_TRAFFIC}
_SIGNATURE_CONTEXT: Final = {True: CLIENT_CONTEXT, False: SERVER_CONTEXT}

STRANGER: Final = Saved(CipherSuite.TLS_AES_128_GCM_SHA256, bytes(range(32)), ticket=bytes(range(200, 248)))
"""A session that no server knows."""
TICKET: Final = bytes(range(64))
"""What the mapper calls a ticket."""
NONCE: Final = b"\0"
"""The nonce of that ticket."""
_LATE: Final = kinds(
    HandshakeType.CERTIFICATE_REQUEST,
    HandshakeType.CERTIFICATE,
    HandshakeType.CERTIFICATE_VERIFY,
    HandshakeType.FINISHED,
)
_OPENERS: Final = ("resuming", "early", "bad_binder")
_hello_numbers: Final = count()


class Connection13(Connection):
    """See `Connection`.  Secrets are kept by whether they are the mapper's own.

    Attributes
    ----------
    request_context: what the last CertificateRequest said, which Certificate repeats (RFC 8446 4.4.2).
    """

    # KeyUpdate and NewSessionTicket belong to no handshake, wherever they turn up (RFC 8446 4.4.1).
    unhashed: ClassVar = kinds(
        HandshakeType.HELLO_REQUEST, HandshakeType.KEY_UPDATE, HandshakeType.NEW_SESSION_TICKET
    )
    messages: ClassVar = MESSAGES[ProtocolVersion.TLS13]

    def __init__(self, profile: Profile, identity: Identity, saved: Saved | None) -> None:
        self.stream = StreamLayer()
        super().__init__(profile, identity, saved, self.stream)
        self.request_context = b""
        self._stage: KeySchedule | None = None
        self._psk: bytes | None = None
        self._handshake: dict[bool, bytes] = {}
        self._application: dict[bool, bytes] = {}
        self._write_secret = b""
        self._read_secret = b""
        self._retried: ServerHello | None = None
        self._random = CLIENT_RANDOM
        self._early: Protection13 | None = None
        self._early_writer: RecordWriter | None = None
        self._early_reading: EarlyReading | None = None
        self._writes_early = False
        self._late: bytearray | None = None
        self._late_context = b""
        self._ticket: tuple[bytes, bytes, int] | None = None

    # Hellos.

    def may_begin(self) -> bool:
        """As long as no hello has been answered; there are no re-handshakes."""
        return self.answered is None and self._retried is None and not self.complete

    def client_hello(self, variant: str) -> bytes:
        """See `Connection`; behind a HelloRetryRequest it does what that asks (RFC 8446 4.1.2)."""
        groups: tuple[int, ...] = GROUPS
        cookie = b""
        if self._retried is not None:
            wanted = hellos.retried_group(self._retried)
            groups = GROUPS if wanted is None else (wanted,)
            cookie = hellos.retried_cookie(self._retried)
        elif variant == "early":
            # Each of its own, lest the guard against replay takes two sessions for one (RFC 8446 8.2).
            self._random = next(_hello_numbers).to_bytes(8) + CLIENT_RANDOM[8:]
        hello = hellos.offer(
            self.profile,
            self.identity.server_name,
            groups=() if variant == "no_share" else groups,
            modes=self.profile.tickets or self.saved is not None or variant in _OPENERS,
            early=variant == "early",
            cookie=cookie,
            random=self._random,
        )
        if variant == "other_version":
            hello = hellos.of_other_version(self.profile, hello)
        if variant in _OPENERS or (variant == "no_share" and self.saved is not None):
            # What is offered behind a HelloRetryRequest must have been offered before it (RFC 8446 4.1.2).
            hello = self._with_psk(hello, self.saved or STRANGER, good=variant != "bad_binder")
        if self.plays_client and self.answered is None:
            self.offered = hello
        return encode(hello)

    def _with_psk(self, hello: ClientHello, saved: Saved, *, good: bool) -> ClientHello:
        """Return `hello` with a pre-shared key and the proof of it (RFC 8446 4.2.11)."""
        suite = SUITES[saved.suite]
        identities = (PskIdentity(saved.ticket, saved.age_add),)
        blank = OfferedPsks(identities, (bytes(suite.hash_length),))
        partial = encode(_extended(hello, blank))[: -blank.binders_length]
        before = b"" if self.may_begin() else self.whole_transcript()
        binder = _binder(suite, saved.secret, before + partial)
        return _extended(hello, OfferedPsks(identities, (binder if good else flip(binder),)))

    def asked_context(self) -> bytes:
        """Return what the target's next Certificate has to repeat of a request (RFC 8446 4.4.2)."""
        return b"" if self._late is None else self._late_context

    def hear_offer(self, hello: ClientHello) -> None:
        """See `Connection`; the ClientHello behind a HelloRetryRequest counts too."""
        if not self.plays_client and self._retried is not None and self.answered is None:
            self.take_offer(hello)
        else:
            super().hear_offer(hello)

    def name_offer(self, hello: ClientHello) -> str:
        """See `Connection`."""
        if ExtensionType.EARLY_DATA in hello.extensions:
            return "ClientHello.early"
        offered = hellos.offered_psks(hello)
        if offered is None:
            return "ClientHello"
        return "ClientHello.resuming" if self._proves(hello, offered) else "ClientHello.bad_binder"

    def _proves(self, hello: ClientHello, offered: OfferedPsks) -> bool:
        saved = self.saved
        if saved is None or not offered.identities or offered.identities[0].identity != saved.ticket:
            return True
        before = b"" if self.may_begin() else self.whole_transcript()
        partial = encode(hello)[: -offered.binders_length]
        return compare_digest(
            _binder(SUITES[saved.suite], saved.secret, before + partial), offered.binders[0]
        )

    def answer(self, variant: str) -> ServerHello:
        """See `Connection`."""
        return hellos.answer(self.profile, self.offered, resumed=variant == "resumed", saved=self.saved)

    def name_answer(self, hello: ServerHello) -> str:
        """See `Connection`."""
        if hello.is_hello_retry_request:
            idle = hellos.retried_group(hello) in hellos.offered_shares(self.offered)
            return "HelloRetryRequest.idle" if idle else "HelloRetryRequest"
        if hello.cipher_suite not in self.offered.cipher_suites:
            return "ServerHello.unoffered"
        resumed = ExtensionType.PRE_SHARED_KEY in hello.extensions
        return "ServerHello.resumed" if resumed else "ServerHello"

    def retry(self, *, idle: bool) -> bytes:
        """Return a HelloRetryRequest."""
        return encode(hellos.retry(self.profile, self.offered, idle=idle))

    def hear_answer(self, hello: ServerHello) -> None:
        """See `Connection`; a HelloRetryRequest is no answer yet."""
        if hello.is_hello_retry_request:
            if self.plays_client and self.may_begin():
                self._retry(hello)
        else:
            super().hear_answer(hello)

    def _retry(self, hello: ServerHello) -> None:
        """Put the hash of the first ClientHello in its place (RFC 8446 4.4.1)."""
        self._retried = hello
        self.heard_protected = False
        chosen = SUITES.get(hello.cipher_suite, self.suite)
        digest = hashlib.new(chosen.hash_name, self._messages).digest()
        self._messages[:] = bytes((HandshakeType.MESSAGE_HASH,)) + len(digest).to_bytes(3) + digest

    # What follows from messages.

    def before_sent(self, name: str) -> None:
        """See `Connection`."""
        super().before_sent(name)
        if name.startswith("HelloRetryRequest") and not self.plays_client and self.may_begin():
            self._retry(hellos.retry(self.profile, self.offered, idle=name.endswith("idle")))

    def keep(self, kind: int, hashed: bytes) -> None:
        """See `Connection`; authentication after the handshake has a transcript of its own (RFC 8446 4.4)."""
        if not (self.complete and kind in _LATE):
            super().keep(kind, hashed)
        elif kind == HandshakeType.CERTIFICATE_REQUEST:
            self._late = bytearray(self._messages + hashed)
            self._late_context = _context(hashed)
        elif self._late is not None:
            self._late += hashed

    def transcript_hash(self) -> bytes:
        """See `Connection`."""
        messages = self._messages if self._late is None else self._late
        return hashlib.new(self.suite.hash_name, messages).digest()

    def after_sent(self, name: str) -> None:
        """Go over to the next keys where this message is their border."""
        match name:
            case "ClientHello.early" if self.plays_client and self.answered is None:
                self._send_early(self.saved or STRANGER)
            case "ServerHello" | "ServerHello.resumed" if not self.plays_client and self.answered is None:
                resumed = name == "ServerHello.resumed"
                self.answered = self.answer("resumed" if resumed else "")
                self._begin(resumed)
            case "EndOfEarlyData" if self._writes_early:
                self._writes_early = False
                self.protect_writing(self._protection(self._handshake[True]))
            case "NewSessionTicket" if not self.plays_client:
                self._ticket = (TICKET, NONCE, 0)
            case "Finished" | "Finished.bad" if not self.finished:
                self.finished = True
                if not self.plays_client:
                    self._derive_application()
                if self._application:
                    self._write_with(self._application[True])
            case "Finished" | "Finished.bad":
                self._late = None
            case "KeyUpdate.requested" | "KeyUpdate.not_requested" if self.writes_protected:
                self._write_with(tls13.next_traffic_secret(self.suite, self._write_secret))

    def after_heard(self, name: str, parsed: Any) -> None:
        """Go over to the next keys where this message is their border."""
        match name:
            case "ClientHello.early" if not self.plays_client and self.answered is None:
                self._expect_early()
            case "ServerHello" | "ServerHello.resumed" if self.plays_client and self._stage is None:
                self._begin(name == "ServerHello.resumed")
            case "EncryptedExtensions.early" if self.plays_client and self._early_writer is not None:
                self._writes_early = True
            case "CertificateRequest" if parsed is not None:
                self.request_context = parsed.request_context
            case "NewSessionTicket" if isinstance(parsed, NewSessionTicket13):
                self._ticket = (parsed.ticket, parsed.nonce, parsed.age_add)
            case "Finished" | "Finished.bad" if not self.peer_finished:
                self.peer_finished = True
                if self.plays_client:
                    self._derive_application()
                if self._application:
                    self._read_with(self._application[False])
            case "Finished" | "Finished.bad":
                self._late = None
            case "KeyUpdate.requested" | "KeyUpdate.not_requested" if self.reads_protected:
                self._read_with(tls13.next_traffic_secret(self.suite, self._read_secret))

    # Records.

    def record(self, content_type: int, data: bytes) -> bytes:
        """Return a record under the keys in use: those of early data until it has ended (RFC 8446 4.5)."""
        if self._writes_early and self._early_writer is not None:
            return b"".join(self._early_writer.protect(content_type, data))
        return self.layer.record(content_type, data)

    def send(self, name: str, message: bytes) -> bytes:
        """See `Connection`."""
        if not self._writes_early:
            return super().send(name, message)
        records = self.record(ContentType.HANDSHAKE, message)
        self.keep(message[0], message)
        self.after_sent(name)
        return records

    def early_data(self, data: bytes) -> bytes:
        """Return early data, under keys that nobody has if none was announced."""
        if self._early_writer is None:
            suite = SUITES[STRANGER.suite]
            self._early_writer = RecordWriter()
            self._early_writer.use(Protection13(suite, tls13.traffic_keys(suite, STRANGER.secret)))
        return b"".join(self._early_writer.protect(ContentType.APPLICATION_DATA, data))

    def heard_early(self) -> bool:
        """Tell whether the record heard last was under the keys of early data."""
        return self._early_reading is not None and self._early_reading.early

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec, which is never protected and changes nothing (RFC 8446 5)."""
        return self.stream.plain(ContentType.CHANGE_CIPHER_SPEC, value)

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
                return not self.reads_protected or self._only_early()
        return False

    def _only_early(self) -> bool:
        """Early data may be refused by a HelloRetryRequest, and a ClientHello in the clear follows it."""
        return self._retried is not None and self._stage is None

    # Secrets.

    def verify_data(self, own: bool) -> bytes:
        """Return the content of a Finished (RFC 8446 4.4.4)."""
        digest = self.transcript_hash()
        if self._late is not None:
            secret = self._write_secret if own else self._read_secret
            return tls13.verify_data(self.suite, secret, digest)
        known = self._handshake.get(own)
        if known is None:
            stage = KeySchedule.early(self.suite).handshake(bytes(self.suite.hash_length))
            known = stage.derive(_HANDSHAKE_LABEL[own == self.plays_client], digest)
        return tls13.verify_data(self.suite, known, digest)

    def signed_transcript(self, own: bool, /) -> bytes:
        """Return what a CertificateVerify covers (RFC 8446 4.4.3)."""
        return certificate_verify_content(
            _SIGNATURE_CONTEXT[own == self.plays_client], self.transcript_hash()
        )

    def session(self) -> Saved | None:
        """See `Connection`: what the newest ticket stands for (RFC 8446 4.6.1)."""
        if self._ticket is None or self._stage is None or not self.complete:
            return None
        ticket, nonce, age_add = self._ticket
        digest = hashlib.new(self.suite.hash_name, self._messages).digest()
        secret = self._stage.main().derive(Label.RESUMPTION, digest)
        psk = tls13.resumption_psk(self.suite, secret, nonce)
        return Saved(self.suite.number, psk, ticket=ticket, age_add=age_add)

    def _send_early(self, saved: Saved) -> None:
        self._early_writer = RecordWriter()
        self._early_writer.use(self._early_protection(saved))

    def _expect_early(self) -> None:
        saved = self.saved
        psks = hellos.offered_psks(self.offered)
        if saved is None or psks is None or psks.identities[0].identity != saved.ticket:
            return
        self._early_reading = EarlyReading(self._early_protection(saved))
        self.protect_reading(self._early_reading)

    def _early_protection(self, saved: Saved) -> Protection13:
        suite = SUITES[saved.suite]
        digest = hashlib.new(suite.hash_name, self._messages).digest()
        secret = KeySchedule.early(suite, saved.secret).derive(Label.CLIENT_EARLY_TRAFFIC, digest)
        return Protection13(suite, tls13.traffic_keys(suite, secret))

    def _begin(self, resumed: bool) -> None:
        shared = self.shared_secret()
        if shared is None:
            return
        psk = (self.saved or STRANGER).secret if resumed else None
        self._stage = KeySchedule.early(self.suite, psk).handshake(shared)
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
        protection = self._protection(secret)
        early = self._early_reading
        if early is not None and early.early_so_far:
            early.follow(protection)
            self.read_changes += 1
        else:
            self.protect_reading(protection)

    def _protection(self, secret: bytes) -> Protection13:
        return Protection13(self.suite, tls13.traffic_keys(self.suite, secret))


@lru_cache(maxsize=64)
def _binder_secret(suite: Suite, psk: bytes) -> bytes:
    empty = tls13.empty_hash(suite.hash_name)
    return KeySchedule.early(suite, psk).derive(Label.RESUMPTION_BINDER, empty)


def _binder(suite: Suite, psk: bytes, messages: bytes) -> bytes:
    """Return the proof of a pre-shared key over a partial ClientHello and what came before it."""
    digest = hashlib.new(suite.hash_name, messages).digest()
    return tls13.verify_data(suite, _binder_secret(suite, psk), digest)


def _context(request: bytes) -> bytes:
    """Return certificate_request_context of a CertificateRequest (RFC 8446 4.3.2)."""
    return request[5 : 5 + request[4]]


def _extended(hello: ClientHello, offered: OfferedPsks) -> ClientHello:
    return replace(
        hello, extensions=Extensions((*hello.extensions, ext.build_pre_shared_key_client(offered)))
    )
