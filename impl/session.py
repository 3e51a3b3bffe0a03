"""One end of a TLS connection, with the calls of the GnuTLS manual.

A session does no I/O but through its transport, never raises for what a peer or transport does, and sends no
alert unless told to: after a fatal code the caller decides, usually with `alert_send_appropriate`.
Theory: gnutls_handshake(3), gnutls_record_send(3), gnutls_record_recv(3), gnutls_alert_send(3),
gnutls_bye(3).
"""

from __future__ import annotations

from dataclasses import dataclass

from impl import contract
from impl.alerts import AlertDescription, AlertLevel
from impl.codes import Code
from impl.config import Config
from impl.dtls12.channel import DatagramChannel
from impl.negotiation import Start
from impl.observed import MessageHook
from impl.parameters import Parameters
from impl.perform import Memory
from impl.record.channel import StreamChannel
from impl.saved_session import SavedSession
from impl.transports import Transport


@dataclass(frozen=True, slots=True)
class Sent:
    """`record_send` has written this many bytes of the data it was given."""

    count: int


@dataclass(frozen=True, slots=True)
class Received:
    """`record_recv` has read this; no bytes mean that the peer has closed its side."""

    data: bytes


class Session:
    """A client's or server's end of one connection.

    Parameters
    ----------
    config: role, credentials and policy.
    transport: the way to the peer: an ordered byte stream, or for DTLS one that keeps datagrams apart.
    address: where the client is, in any unambiguous form, for the cookies of a DTLS server.

    Raises `ValueError` if the configuration's MTU is too small.

    After a code with `.is_fatal` the session is over: every call returns INVALID_SESSION and writes nothing,
    except that an alert may be sent.  AGAIN and INTERRUPTED mean that the same call is to be repeated, when
    the transport is writable if `record_get_direction` is 1, readable if it is 0.
    """

    __slots__ = ("_memory",)

    def __init__(self, config: Config, transport: Transport, address: bytes = b"") -> None:
        if config.datagram:
            datagrams = DatagramChannel(config.mtu, config.retransmit_timeout, config.total_timeout)
            self._memory = Memory(config, transport, Start(number=0, address=address), datagrams)
        else:
            self._memory = Memory(config, transport, Start(), StreamChannel())

    @property
    def parameters(self) -> Parameters | None:
        """What was negotiated, or None before the handshake has agreed on everything."""
        return self._memory.parameters

    @property
    def failure(self) -> str | None:
        """One line on why the session failed, or None if it has not."""
        failure = self._memory.failure
        return None if failure is None else str(failure)

    @property
    def path(self) -> tuple[str, ...]:
        """The phases that the session has gone through last, as RFC 8446 appendix A names them."""
        return tuple(self._memory.path)

    def set_message_hook(self, hook: MessageHook | None) -> None:
        """Have `hook` called with each message that passes (gnutls_handshake_set_hook_function(3)).

        Besides handshake messages it sees ChangeCipherSpec, alerts and application data: what the peer sends
        before anything else is done with it, our own when it is put on its way.  A retransmission is not a
        message of its own, and what cannot be read is none.
        """
        self._memory.hook = hook

    def handshake(self) -> Code:
        """Carry the handshake through, or as far as the transport allows (gnutls_handshake(3)).

        On a TLS 1.3 session that is already complete a client changes its keys and asks the peer to do the
        same, and a server does nothing.  On a complete TLS 1.2 session another handshake begins: a client
        sends ClientHello, a server waits for one.  GOT_APPLICATION_DATA then means that data is waiting for
        `record_recv`; the call is to be repeated after it.  A peer that refuses with no_renegotiation leaves
        the session as it was, with WARNING_ALERT_RECEIVED.
        """
        return contract.handshake(self._memory)

    def rehandshake(self) -> Code:
        """Ask the client for another handshake: HelloRequest (gnutls_rehandshake(3)).

        The client's ClientHello makes `record_recv` return REHANDSHAKE; then call `handshake`.  In TLS 1.3 it
        is a KeyUpdate that asks for one.  INVALID_REQUEST at a client and during a handshake.
        """
        return contract.rehandshake(self._memory)

    def reauth(self) -> Code:
        """Authenticate the client of a complete TLS 1.3 session (gnutls_reauth(3)).

        A server asks for a certificate and is to repeat the call until it returns SUCCESS;
        GOT_APPLICATION_DATA means that data is waiting for `record_recv` first.  A client calls it after
        REAUTH_REQUEST from `record_recv`.  INVALID_REQUEST where the client offers no such thing or nothing
        was asked, and at a server that has neither authorities nor a callback to judge a certificate with.
        """
        return contract.reauth(self._memory)

    def session_data(self) -> SavedSession | None:
        """Return what `Config.resume` of a later client takes (gnutls_session_get_data2(3)), or None.

        In TLS 1.3 it is the newest ticket that `record_recv` has met; there is none before.
        """
        return self._memory.saved

    def export(self, label: bytes, length: int, context: bytes | None = None) -> bytes | Code:
        """Return keying material for the application (RFC 5705, RFC 8446 section 7.5; gnutls_prf_rfc5705(3)).

        UNAVAILABLE_DURING_HANDSHAKE before the first handshake is complete.
        """
        exporter = self._memory.exporter
        if exporter is None or not self._memory.complete:
            return Code.UNAVAILABLE_DURING_HANDSHAKE
        return exporter.export(label, context, length)

    def record_send(self, data: bytes) -> Sent | Code:
        """Send application data, at most one record of it (gnutls_record_send(3)).

        After AGAIN or INTERRUPTED the data is on its way: repeat the call with the same data to go on.
        """
        result = contract.record_send(self._memory, data)
        return result if isinstance(result, Code) else Sent(result)

    def record_recv(self, size: int = 16384) -> Received | Code:
        """Read up to `size` bytes of application data (gnutls_record_recv(3)).

        Returns REHANDSHAKE if the peer wants a new TLS 1.2 handshake; a caller that does not refuses with
        `alert_send_appropriate(Code.REHANDSHAKE)`.
        """
        result = contract.record_recv(self._memory, size)
        return result if isinstance(result, Code) else Received(result)

    def record_send_early_data(self, data: bytes) -> Sent | Code:
        """Say something together with the ClientHello (gnutls_record_send_early_data(3)).

        To be called before the first `handshake`, with a session to resume that is still good, whose ticket
        allows it and whose application protocol is offered again; otherwise INVALID_REQUEST, or
        RECORD_LIMIT_REACHED if it is too much.  Whether the server took it says `parameters.early_data`; if
        not, the data is lost, and nobody has seen it.
        """
        result = contract.record_send_early_data(self._memory, data)
        return result if isinstance(result, Code) else Sent(result)

    def record_recv_early_data(self, size: int = 16384) -> Received | Code:
        """Read what a client said together with its ClientHello (gnutls_record_recv_early_data(3)).

        REQUESTED_DATA_NOT_AVAILABLE if there is nothing more, or was nothing at all.
        """
        result = contract.record_recv_early_data(self._memory, size)
        return result if isinstance(result, Code) else Received(result)

    def record_get_direction(self) -> int:
        """Return 1 if the last call was interrupted in a write, else 0 (gnutls_record_get_direction(3))."""
        return self._memory.direction

    def key_update(self, request_peer: bool = False) -> Code:
        """Change the TLS 1.3 sending keys, and ask the peer to change its own (gnutls_session_key_update(3)).

        INVALID_REQUEST, which leaves the session as it is, on a session of another version.
        """
        return contract.key_update(self._memory, request_peer)

    @property
    def is_complete(self) -> bool:
        """Whether the first handshake is complete and the session is alive."""
        return self._memory.complete and self._memory.failure is None

    @property
    def is_datagram(self) -> bool:
        """Whether the session goes over datagrams."""
        return self._memory.datagrams is not None

    def set_mtu(self, mtu: int) -> None:
        """Set the most bytes of a datagram (gnutls_dtls_set_mtu(3)); what waits to be sent is cut anew.

        Call it after LARGE_PACKET.  Raises `ValueError` for a session of streams, or too small a size.
        """
        self._datagrams().set_mtu(mtu)

    @property
    def mtu(self) -> int:
        """The most bytes of a datagram; raises `ValueError` for a session of streams."""
        return self._datagrams().mtu

    @property
    def data_mtu(self) -> int:
        """The most bytes that `record_send` takes over datagrams (gnutls_dtls_get_data_mtu(3)).

        Raises `ValueError` for a session of streams.
        """
        return self._datagrams().data_mtu

    def get_timeout(self) -> float | None:
        """Return the seconds after which the interrupted call wants to be repeated although nothing came.

        None means that there is nothing to repeat by itself (gnutls_dtls_get_timeout(3)); it always is for a
        session of streams.
        """
        datagrams = self._memory.datagrams
        return None if datagrams is None else datagrams.timeout(self._memory.config.clock())

    def _datagrams(self) -> DatagramChannel:
        if self._memory.datagrams is None:
            raise ValueError("a session over a stream has no MTU")
        return self._memory.datagrams

    def alert_get(self) -> int | None:
        """Return the description of the last alert received, or None (gnutls_alert_get(3))."""
        return self._memory.alert

    def alert_send(self, level: AlertLevel, description: AlertDescription) -> Code:
        """Send an alert (gnutls_alert_send(3)); a fatal one ends the session, and nothing can follow it."""
        return contract.alert_send(self._memory, level, description)

    def alert_send_appropriate(self, code: Code) -> Code:
        """Send the alert that answers `code`, if one is due (gnutls_alert_send_appropriate(3))."""
        return contract.alert_send_appropriate(self._memory, code)

    def bye(self) -> Code:
        """Close the sending side with close_notify (gnutls_bye(3) with GNUTLS_SHUT_WR); reading goes on."""
        return contract.bye(self._memory)
