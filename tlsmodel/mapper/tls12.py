"""A TLS 1.2 connection as the mapper knows it: premaster to keys, ChangeCipherSpec, Finished (RFC 5246).

Without a key exchange the master secret is empty, as in a stack that forgot to wait for one; so an early
ChangeCipherSpec or Finished continues exactly where such a stack would have gone.  A re-handshake begins with
a ClientHello, is bound to the Finished before (RFC 5746), and forgets everything but the keys in use.
"""

from __future__ import annotations

from typing import Any, ClassVar, Final

from impl.codec.datagram_hello import DatagramClientHello, HelloVerifyRequest
from impl.codec.enums import ContentType, ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import MESSAGES, HandshakeMessage, encode
from impl.crypto.suites import KeyExchange
from impl.keyschedule import tls12
from impl.record.protection import Protection12
from tlsmodel.mapper import exchange, hellos
from tlsmodel.mapper.connection import Connection, kinds
from tlsmodel.mapper.identity import Identity
from tlsmodel.mapper.layers import DatagramLayer, Layer, StreamLayer
from tlsmodel.mapper.profile import Profile
from tlsmodel.mapper.saved import Saved

_LABELS: Final = {True: tls12.CLIENT_FINISHED, False: tls12.SERVER_FINISHED}
COOKIELESS: Final = ("no_cookie", "other_version")
"""Hellos that show no cookie; it belongs to the parameters of the hello it was given for (RFC 6347 4.2.1)."""
_MISBOUND: Final = b"\xa5" * tls12.VERIFY_DATA_LENGTH
"""Nobody's verify_data."""


class Connection12(Connection):
    """See `Connection`.

    Attributes
    ----------
    peer_secret: what the target has sent of an exchange without shares.
    """

    unhashed: ClassVar = kinds(HandshakeType.HELLO_REQUEST)
    messages: ClassVar = MESSAGES[ProtocolVersion.TLS12]

    def __init__(
        self, profile: Profile, identity: Identity, saved: Saved | None, layer: Layer | None = None
    ) -> None:
        super().__init__(profile, identity, saved, layer or StreamLayer())
        self.peer_secret = b""
        self._master = b""
        self._share_shown = self._needs_no_half()
        self._verified = {True: b"", False: b""}
        self._bound = b"", b""
        self._safe: bool | None = None
        self._ticket = b""

    # Hellos.

    def may_begin(self) -> bool:
        """After a complete handshake, and as long as a hello has not been answered."""
        return self.complete or self.answered is None

    def begin_handshake(self) -> None:
        """See `Connection`."""
        super().begin_handshake()
        self.peer_secret = self._master = b""
        self._share_shown = self._needs_no_half()

    def refused(self) -> None:
        """A hello that is refused leaves the connection as it was (RFC 5246 7.2.2)."""
        if self._renews() and self.answered is None:
            self.finished = self.peer_finished = True
            self._renumber()

    def client_hello(self, variant: str) -> bytes:
        """See `Connection`."""
        binding = _MISBOUND if variant == "misbound" else self._bound[0]
        hello = hellos.offer(
            self.profile,
            self.identity.server_name,
            binding=None if variant == "unbound" else binding,
            saved=self.saved if variant == "resuming" else None,
            cookie=b"" if variant in COOKIELESS else self.cookie(),
        )
        self.offered = hello
        if variant == "other_version":
            hello = hellos.of_other_version(self.profile, hello)
        return encode(hello)

    def cookie(self) -> bytes:
        """Return what a HelloVerifyRequest has asked to be shown."""
        return b""

    def answer(self, variant: str) -> ServerHello:
        """See `Connection`."""
        known = hellos.binding_of(self.offered) is not None
        binding: bytes | None = None
        if variant == "misbound":
            binding = _MISBOUND
        elif variant != "unbound" and (known or (self._renews() and self.profile.checks)):
            binding = b"".join(self._bound)
        resumed = variant == "resumed"
        return hellos.answer(
            self.profile, self.offered, binding=binding, resumed=resumed, saved=self._recognised()
        )

    def name_offer(self, hello: ClientHello) -> str:
        """See `Connection`; where the connection is not bound, nothing is expected of the binding."""
        bound = hellos.binding_of(hello)
        if self.profile.checks and self._safe is not False and bound != self._bound[0]:
            return "ClientHello.unbound" if bound is None else "ClientHello.misbound"
        ticket = hello.extensions.get(ExtensionType.SESSION_TICKET)
        return "ClientHello.resuming" if ticket or hello.session_id else "ClientHello"

    def name_answer(self, hello: ServerHello) -> str:
        """See `Connection`."""
        bound = hellos.binding_of(hello)
        expected = None
        if self.profile.checks and hellos.binding_of(self.offered) is not None:
            expected = b"".join(self._bound)
        if bound != expected:
            return "ServerHello.unbound" if bound is None else "ServerHello.misbound"
        if hello.cipher_suite not in self.offered.cipher_suites:
            return "ServerHello.unoffered"
        shown = self.offered.session_id
        return "ServerHello.resumed" if shown and hello.session_id == shown else "ServerHello"

    # What follows from messages.

    def message_class(self, kind: int) -> type[HandshakeMessage] | None:
        """See `Connection`."""
        return exchange.CLASSES[self.profile.exchange].get(kind) or self.messages.get(kind)

    def after_sent(self, name: str) -> None:
        """Take note of hello, key exchange and Finished."""
        match name:
            case "ServerHello" | "ServerHello.resumed" | "ServerHello.unbound" | "ServerHello.misbound" if (
                not self.plays_client and self.answered is None
            ):
                answered = self.answer(name.partition(".")[2])
                self.answered = answered
                self._settle(hellos.binding_of(answered))
                if name == "ServerHello.resumed":
                    self._resume(self._recognised())
            case "ServerKeyExchange" | "ServerKeyExchange.bad":
                self._share_shown = True
            case "ClientKeyExchange" if self.plays_client:
                self._agree()
            case "NewSessionTicket":
                self._ticket = TICKET
            case "Finished" | "Finished.bad" if not self.finished:
                self.finished = True
                self._finish()

    def after_heard(self, name: str, parsed: Any) -> None:
        """Take note of hello, key exchange and Finished."""
        match name.partition(".")[0]:
            case "ServerHello" if self.plays_client and parsed is self.answered:
                self._settle(None if parsed is None else hellos.binding_of(parsed))
                if name == "ServerHello.resumed":
                    self._resume(self.saved)
            case "ClientKeyExchange" if not self.plays_client:
                exchange.hear_client_half(self, parsed)
                self._agree()
            case "NewSessionTicket" if parsed is not None:
                self._ticket = parsed.ticket
            case "Finished" if not self.peer_finished:
                self._verified[not self.plays_client] = parsed.verify_data if parsed else b""
                self.peer_finished = True
                self._finish()

    def _needs_no_half(self) -> bool:
        return self.plays_client or self.profile.exchange in (KeyExchange.RSA, KeyExchange.PSK)

    def _settle(self, binding: bytes | None) -> None:
        if self._safe is None:
            self._safe = binding is not None and hellos.binding_of(self.offered) is not None

    def _renews(self) -> bool:
        return bool(self._bound[0])

    def _finish(self) -> None:
        if self.complete:
            self._bound = self._verified[True], self._verified[False]
            self._renumber()

    def _renumber(self) -> None:
        """Do what the end of a handshake means for the numbers of messages."""

    def _recognised(self) -> Saved | None:
        """Return the session that a target client shows, if the mapper has it."""
        saved = self.saved
        if saved is None:
            return None
        ticket = self.offered.extensions.get(ExtensionType.SESSION_TICKET)
        by_id = bool(saved.session_id) and self.offered.session_id == saved.session_id
        return saved if by_id or (saved.ticket and ticket == saved.ticket) else None

    def _resume(self, saved: Saved | None) -> None:
        self._master = b"" if saved is None else saved.secret

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Return a ChangeCipherSpec under the old keys and go over to the new ones (RFC 5246 7.1)."""
        record = self._change(value)
        self.protect_writing(self._protection(of_client=self.plays_client))
        return record

    def _change(self, value: bytes) -> bytes:
        return self.layer.record(ContentType.CHANGE_CIPHER_SPEC, value)

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
        made = tls12.verify_data(self.suite, self._master, label, self.transcript_hash())
        if own and not self.finished:
            self._verified[self.plays_client] = made
        return made

    def signed_transcript(self, _own: bool, /) -> bytes:
        """Return all messages so far, whoever signs (RFC 5246 7.4.8)."""
        return self.whole_transcript()

    def session(self) -> Saved | None:
        """See `Connection`: the newest ticket, or else what the server has called the session."""
        if self.answered is None or not (self.complete and self._master):
            return None
        session_id = b"" if self._ticket else self.answered.session_id
        if not (self._ticket or session_id):
            return None
        return Saved(self.suite.number, self._master, self._extended(), session_id, self._ticket)

    def _agree(self) -> None:
        # Nobody can have exchanged keys with a server that never showed its half.
        premaster = exchange.premaster(self) if self._share_shown else None
        if premaster is None:
            return
        if self._extended():
            self._master = tls12.extended_master_secret(self.suite, premaster, self.transcript_hash())
        else:
            randoms = self.offered.random, self.server_random
            self._master = tls12.master_secret(self.suite, premaster, *randoms)

    def _extended(self) -> bool:
        hellos_seen = (self.offered, self.answered)
        wanted = ExtensionType.EXTENDED_MASTER_SECRET
        return all(hello is not None and wanted in hello.extensions for hello in hellos_seen)

    def _protection(self, *, of_client: bool) -> Protection12:
        block = tls12.key_block(self.suite, self._master, self.offered.random, self.server_random)
        return Protection12(self.suite, block.client if of_client else block.server)


TICKET: Final = bytes(range(64))
"""What the mapper calls a ticket."""


class DatagramConnection(Connection12):
    """The same over datagrams: cookies, numbered messages, epochs (RFC 6347 4.2)."""

    messages: ClassVar = {
        **MESSAGES[ProtocolVersion.TLS12],
        HandshakeType.CLIENT_HELLO: DatagramClientHello,
        HandshakeType.HELLO_VERIFY_REQUEST: HelloVerifyRequest,
    }
    unhashed: ClassVar = kinds(HandshakeType.HELLO_REQUEST, HandshakeType.HELLO_VERIFY_REQUEST)

    def __init__(self, profile: Profile, identity: Identity, saved: Saved | None) -> None:
        self.datagrams = DatagramLayer()
        super().__init__(profile, identity, saved, self.datagrams)
        self._cookie = b""
        self._agreed = False
        self._said = self._cookie_for = ""

    def client_hello(self, variant: str) -> bytes:
        """See `Connection`."""
        self._said = variant if variant in ("resuming", COOKIELESS[-1]) else ""
        return super().client_hello(variant)

    def cookie(self) -> bytes:
        """See `Connection12`."""
        return self._cookie if self._said == self._cookie_for else b""

    def after_heard(self, name: str, parsed: Any) -> None:
        """Remember the cookie."""
        if isinstance(parsed, HelloVerifyRequest) and self._said != COOKIELESS[-1]:
            self._cookie, self._cookie_for = parsed.cookie, self._said
        super().after_heard(name, parsed)

    def change_cipher_spec(self, value: bytes) -> bytes:
        """Go over to new keys where there are any, so that who drops a stray one understands the rest."""
        if self._agreed:
            self._agreed = False
            return super().change_cipher_spec(value)
        return self._change(value)

    def _change(self, value: bytes) -> bytes:
        return self.datagrams.change_cipher_spec(value)

    def _agree(self) -> None:
        before = self._master
        super()._agree()
        self._agreed = self._agreed or self._master is not before

    def _resume(self, saved: Saved | None) -> None:
        super()._resume(saved)
        self._agreed = saved is not None

    def _renumber(self) -> None:
        self.datagrams.begin_again()
