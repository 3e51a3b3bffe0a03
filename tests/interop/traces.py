"""The conversation of each run as `impl` has seen it, in the names of `tlsmodel.spec.symbols`.

`pytest tests/interop --interop-traces FILE` writes them, one JSON object a line: version, role (of `impl`),
feature, peer, connection (0, or 1 for the one that resumes) and events, each ["sent" or "received", name].
What is received has the names of deliveries, what is sent those of emissions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from impl import AlertDescription, AlertLevel, Observed
from impl.codec.enums import ContentType, ExtensionType, HandshakeType
from impl.codec.hello import ServerHello
from impl.codec.wire import CodecError
from tests.interop.needs import TLS12, TLS13

_CONTENTS = {
    ContentType.CHANGE_CIPHER_SPEC: "ChangeCipherSpec",
    ContentType.APPLICATION_DATA: "ApplicationData",
}
_REQUESTS = {b"\x00": "not_requested", b"\x01": "requested"}
_NAMED_ALERTS: dict[int, str] = {
    AlertDescription.CLOSE_NOTIFY: "Alert.close_notify",
    AlertDescription.NO_RENEGOTIATION: "Alert.no_renegotiation",
    AlertDescription.USER_CANCELED: "Alert.user_canceled",
}


class Trace:
    """The messages of one connection, which a session's message hook is to be given.

    Attributes
    ----------
    messages: as they passed.
    """

    def __init__(self) -> None:
        self.messages: list[Observed] = []
        self._names: list[str] = []
        self._tls13 = False

    def saw(self, observed: Observed) -> None:
        """Take a message."""
        self.messages.append(observed)
        self._names.append(self._name(observed))

    def names(self, direction: str | None = None) -> list[str]:
        """The names of what was "sent" or "received", or of both, in order; without variants of hellos."""
        return [
            name
            for name, message in zip(self._names, self.messages, strict=True)
            if direction in (None, "received" if message.incoming else "sent")
        ]

    def agreed(self, version: str) -> str:
        """The version that was agreed on, where `version` was wanted."""
        fallen_back = "ServerHello" in self._names and not self._tls13
        return TLS12 if version == TLS13 and fallen_back else version

    def _name(self, observed: Observed) -> str:
        if observed.content_type is ContentType.ALERT:
            return self._alert(observed.body) if observed.incoming else _sent_alert(observed.body)
        if observed.message_type is None:
            return _CONTENTS[observed.content_type]
        if observed.message_type not in set(HandshakeType):
            return "UnknownHandshake"
        name = "".join(map(str.title, HandshakeType(observed.message_type).name.split("_")))
        body = observed.body
        if name == "ServerHello":
            return self._server_hello(body)
        if name == "KeyUpdate":
            return f"{name}.{_REQUESTS.get(body, 'malformed')}"
        if name == "Certificate" and not self._shown(body):
            return "Certificate.empty"
        return name

    def _shown(self, body: bytes) -> bool:
        """Tell whether a Certificate has any: in TLS 1.3 its list follows a context."""
        start = 1 + body[0] if self._tls13 else 0
        return any(body[start : start + 3])

    def _server_hello(self, body: bytes) -> str:
        try:
            hello = ServerHello.parse(body)
        except CodecError:
            return "ServerHello.malformed"
        self._tls13 = ExtensionType.SUPPORTED_VERSIONS in hello.extensions.types()
        return "HelloRetryRequest" if hello.is_hello_retry_request else "ServerHello"

    def _alert(self, body: bytes) -> str:
        if len(body) != 2:
            return "Alert.malformed"
        level, description = body
        if not self._tls13 and level not in set(AlertLevel):
            return "Alert.unknown_level"
        if level == AlertLevel.FATAL and not self._tls13:
            return "Alert.fatal"
        return _NAMED_ALERTS.get(description, "Alert.fatal" if self._tls13 else "Alert.warning")


def _sent_alert(body: bytes) -> str:
    level, description = body
    return f"Alert.{AlertLevel(level).name}.{AlertDescription(description).name}".lower().capitalize()


def write(path: Path, traces: Iterable[dict[str, Any]]) -> None:
    """Write one JSON object a line."""
    path.write_text("".join(json.dumps(trace) + "\n" for trace in traces), encoding="utf-8")
