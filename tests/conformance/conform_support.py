"""What the conformance tests share: hellos as they stand on the wire, and sessions that are told anything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flow_support import Pair, client_config, handshake_record, pair, server_config

from impl import AlertDescription, Code, Config, Session
from impl.codec.enums import ContentType, HandshakeType
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.messages import encode
from impl.codes import appropriate_alert

BOTH = (Code.SUCCESS, Code.SUCCESS)


def records(data: bytes) -> list[tuple[int, bytes, bytes]]:
    """Cut a stream into records: content type, version, fragment."""
    found = []
    while data:
        end = 5 + int.from_bytes(data[3:5])
        found.append((data[0], bytes(data[1:3]), bytes(data[5:end])))
        data = data[end:]
    return found


def messages(data: bytes) -> list[tuple[int, bytes]]:
    """Return the handshake messages in the clear at the beginning of a stream: type and body."""
    joined = b"".join(fragment for kind, _, fragment in records(data) if kind == ContentType.HANDSHAKE)
    found = []
    while len(joined) >= 4 and len(joined) >= 4 + int.from_bytes(joined[1:4]):
        end = 4 + int.from_bytes(joined[1:4])
        found.append((joined[0], joined[4:end]))
        joined = joined[end:]
    return found


def hello_of(config: Config) -> ClientHello:
    """Return the ClientHello that a client with a configuration sends first."""
    both = pair(config)
    assert both.client.handshake() is Code.AGAIN
    return sent_hellos(both)[0]


def sent_hellos(both: Pair) -> list[ClientHello]:
    """Return the ClientHellos that the client of a pair has sent in the clear."""
    sent = messages(bytes(both.client_wire.written))
    return [ClientHello.parse(body) for kind, body in sent if kind == HandshakeType.CLIENT_HELLO]


def answers_of(both: Pair) -> list[ServerHello]:
    """Return the ServerHellos that the server of a pair has sent in the clear."""
    sent = messages(bytes(both.server_wire.written))
    return [ServerHello.parse(body) for kind, body in sent if kind == HandshakeType.SERVER_HELLO]


def told(hello: ClientHello, config: Config | None = None) -> tuple[Pair, Code]:
    """Return a pair whose server has been told a ClientHello, and what its handshake returned."""
    both = pair(None, config or server_config())
    both.server_wire.incoming += handshake_record(encode(hello))
    return both, both.server.handshake()


def tampered(
    both: Pair, change: Callable[[ServerHello], ServerHello], rest: Callable[[bytes], bytes] = bytes
) -> Code:
    """Let both sides exchange hellos, change the ServerHello on its way, and return what the client says.

    Parameters
    ----------
    rest: what becomes of the records behind it.
    """
    both.client.handshake()
    both.server.handshake()
    incoming = both.client_wire.incoming
    end = 5 + int.from_bytes(incoming[3:5])
    hello = ServerHello.parse(bytes(incoming[9:end]))
    incoming[:] = handshake_record(encode(change(hello))) + rest(bytes(incoming[end:]))
    return both.client.handshake()


def with_extension(hello: Any, kind: int, content: bytes | None, *, last: bool = True) -> Any:
    """Return a hello with an extension in the place of what it has, or without it."""
    others = [entry for entry in hello.extensions if entry[0] != kind]
    new = [] if content is None else [(kind, content)]
    return replace(hello, extensions=Extensions.of(*others, *new) if last else Extensions.of(*new, *others))


def alert_of(session: Session) -> AlertDescription | None:
    """Return the alert that a session's failure calls for."""
    failure = session._memory.failure
    assert failure is not None
    due = appropriate_alert(failure.code)
    return failure.alert or (due and due[1])


def client(**changes: object) -> Config:
    """A client that trusts the test authority."""
    return client_config(**changes)


def server(kind: str = "ed25519", **changes: object) -> Config:
    """A server with a leaf of one kind of key."""
    return server_config(kind, **changes)
