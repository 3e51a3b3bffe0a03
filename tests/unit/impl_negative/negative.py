"""One wrong message in an otherwise honest handshake: a table's row, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import pytest

from fuzz.scenarios import DTLS12, SCENARIOS, TLS12, TLS13, Scenario
from fuzz.stage import Point, Stage
from fuzz.verdict import check_alert, check_death, reason, run
from impl import AlertDescription, CipherSuite, Code, NamedGroup, Role
from impl.codec.enums import ContentType
from impl.codec.extensions import Extensions
from impl.codec.wire import u16, vector

HANDSHAKE = int(ContentType.HANDSHAKE)
CLIENT, SERVER = Role.CLIENT, Role.SERVER
A = AlertDescription
Change = Callable[[Stage, bytes], bytes]

_P256 = {"groups": (NamedGroup.SECP256R1,)}
_ECDSA = {"cipher_suites": (CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,)}
_RSA = {"cipher_suites": (CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,)}
SCENES = {
    **SCENARIOS,
    "tls13-early-or-older": replace(SCENARIOS["tls13-early"], versions=(TLS13, TLS12)),
    "tls13-early-alpn": replace(
        SCENARIOS["tls13-early"], client={"alpn": (b"h2",)}, server={"alpn": (b"h2",)}
    ),
    "tls13-p256": Scenario((TLS13,), _P256, _P256),
    "tls13-hybrid-only": Scenario((TLS13,), *({"groups": (NamedGroup.X25519MLKEM768,)},) * 2),
    "tls13-with-p256-key": Scenario((TLS13,), key="p256"),
    "tls13-with-rsa-key": Scenario((TLS13,), key="rsa"),
    "tls12-for-a-modern-server": Scenario((TLS13, TLS12), {"versions": (TLS12,)}),
    "tls12-p256": Scenario((TLS12,), _P256, _P256),
    "tls12-with-p256-key": Scenario((TLS12,), _ECDSA, key="p256"),
    "tls12-with-rsa-key": Scenario((TLS12,), _RSA, key="rsa"),
    "dtls12-p256": Scenario((DTLS12,), _P256, _P256),
}

# What a refusal is: the code of the call, and the alert that answers it.
ILLEGAL = (Code.RECEIVED_ILLEGAL_PARAMETER, A.ILLEGAL_PARAMETER)
DECODE = (Code.UNEXPECTED_PACKET_LENGTH, A.DECODE_ERROR)
MISSING = (Code.MISSING_EXTENSION, A.MISSING_EXTENSION)
UNASKED = (Code.RECEIVED_ILLEGAL_EXTENSION, A.UNSUPPORTED_EXTENSION)
OUT_OF_PLACE = (Code.UNEXPECTED_HANDSHAKE_PACKET, A.UNEXPECTED_MESSAGE)
BAD_SIGNATURE = (Code.PK_SIG_VERIFY_FAILED, A.DECRYPT_ERROR)
BAD_FINISHED = (Code.ERROR_IN_FINISHED_PACKET, A.DECRYPT_ERROR)
BAD_BINDER = (Code.RECEIVED_ILLEGAL_PARAMETER, A.DECRYPT_ERROR)
BAD_CERTIFICATE = (Code.CERTIFICATE_ERROR, A.BAD_CERTIFICATE)
BAD_MAC = (Code.DECRYPTION_FAILED, A.BAD_RECORD_MAC)
UNEXPECTED = (Code.UNEXPECTED_PACKET, A.UNEXPECTED_MESSAGE)
OVERFLOW = (Code.RECORD_OVERFLOW, A.RECORD_OVERFLOW)
UNSAFE = (Code.SAFE_RENEGOTIATION_FAILED, A.HANDSHAKE_FAILURE)
NOTHING_IN_COMMON = (Code.NO_CIPHER_SUITES, A.HANDSHAKE_FAILURE)


class Case(NamedTuple):
    """A row of a table.

    Parameters
    ----------
    name: what is wrong.
    scene, victim: the honest handshake and who is told something wrong.
    kind: the type of the message that is replaced.
    change: the honest body -> the wrong one.
    refusal: code and alert.
    nth: which message of the type, from 1.
    """

    name: str
    scene: str
    victim: Role
    kind: int
    change: Change
    refusal: tuple[Code, AlertDescription]
    nth: int = 1

    def __str__(self) -> str:
        return f"{self.scene}, {self.victim}: {self.name}"


def table(*cases: Case) -> pytest.MarkDecorator:
    """Return the parametrization over rows."""
    assert len({str(case) for case in cases}) == len(cases), "two rows of one name"
    return pytest.mark.parametrize("case", cases, ids=str)


def until(scene: str, victim: Role, kind: int, nth: int = 1) -> tuple[Stage, bytes]:
    """Return the victim before the honest message of a type, and the body of that message."""
    stage = Stage(Point(scene, victim, 0), SCENES)
    stage.exchange()
    header = 12 if stage.pair.datagram else 4
    while True:
        said = stage.next_said()
        if said is not None and (said.content_type, said.fragment[0]) == (HANDSHAKE, kind):
            nth -= 1
            if not nth:
                return stage, said.fragment[header:]
        assert stage.advance(), f"no message {kind} in {scene}"


def refused(case: Case) -> tuple[Code | None, AlertDescription | None]:
    """Play a row; return code and alert."""
    stage, body = until(case.scene, case.victim, case.kind, case.nth)
    honest = stage.pending.popleft()
    sequence = int.from_bytes(honest[17:19]) if stage.pair.datagram else 0
    message = stage.pen.message(case.kind, case.change(stage, body), sequence)
    return verdict(stage, stage.pen.records(HANDSHAKE, message))


def verdict(stage: Stage, pieces: list[bytes]) -> tuple[Code | None, AlertDescription | None]:
    """Let the victim read `pieces` and then what the honest peer has said; return code and alert."""
    stage.victim.wire.incoming.extend(pieces)
    code = run(stage, sum(map(len, pieces)))
    while code is None and stage.pending:
        record = stage.pending.popleft()
        stage.victim.wire.incoming.append(record)
        code = run(stage, len(record))
    if code is None:
        return None, None
    assert "\n" not in reason(stage), "a reason is one line"
    alert = check_alert(stage, code)
    check_death(stage)
    return code, alert


# Changes.


def to(body: bytes) -> Change:
    """Say this whatever the honest body is."""
    return lambda _stage, _body: body


def fields(message, **changes) -> Change:
    """Change fields of a message."""
    return lambda _stage, body: replace(message.parse(body), **changes).body()


def extension(message, kind: int, content: bytes | None) -> Change:
    """Give an extension another content, add it in front if it is not there, or drop it for None."""

    def change(_stage: Stage, body: bytes) -> bytes:
        parsed = message.parse(body)
        entries = [(number, content if number == kind else old) for number, old in parsed.extensions]
        if kind not in parsed.extensions:
            entries.insert(0, (kind, content))
        kept = Extensions(entry for entry in entries if entry[1] is not None)
        return replace(parsed, extensions=kept).body()

    return change


def doubled(message, kind: int | None = None) -> Change:
    """Say the first extension, or that of a type, once more."""

    def change(_stage: Stage, body: bytes) -> bytes:
        extensions = message.parse(body).extensions
        known = dict(extensions)
        again = kind if kind is not None else next(iter(known))
        encoded = extensions.encode()
        assert body.endswith(encoded)
        entry = u16(again) + vector(2, known[again])
        return body[: -len(encoded)] + vector(2, entry + encoded[2:])

    return change


def both(first: Change, second: Change) -> Change:
    """Make two changes, one after the other."""
    return lambda stage, body: second(stage, first(stage, body))


def longer(tail: bytes = b"\0") -> Change:
    """Put something behind the message."""
    return lambda _stage, body: body + tail


def shorter(count: int = 1) -> Change:
    """Cut the end of the message."""
    return lambda _stage, body: body[:-count]
