"""The alphabet: every input and output symbol of the model, and nothing else.

A symbol is an interned, immutable, printable name with its source.  Inputs are *calls* of the application,
*deliveries* from the peer and *environment* events of the transport; outputs are *returns* and *emissions*.
What only the peer decides is a variant of a message (`Certificate.empty`), so that no row needs a guard.
The order of definition is the order in which a shrinker prefers symbols: calls, expected deliveries,
disturbances, refused deliveries, malformed ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from tlsmodel.spec.codes import NON_FATAL


class Kind(StrEnum):
    """What a symbol stands for."""

    CALL = "call"
    DELIVERY = "deliver"
    ENVIRONMENT = "environment"
    EMISSION = "emit"


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """One letter of the alphabet; there is one object for each, so that they compare by identity.

    Parameters
    ----------
    kind: which of the four kinds.
    name: RFC message name with an optional variant after a dot, or the manual's function name without prefix.
    cite: the source, as ``RFC section`` or manual page.
    """

    kind: Kind
    name: str
    cite: str

    def __str__(self) -> str:
        return f"{self.kind.value} {self.name}"

    def __reduce__(self) -> tuple[object, ...]:
        return _define, (self.kind, self.name, self.cite)

    @property
    def message(self) -> str:
        """The message name without its variant: ``Certificate`` for ``Certificate.empty``."""
        return self.name.partition(".")[0]


_REGISTRY: Final[dict[str, Symbol]] = {}


def _define(kind: Kind, name: str, cite: str) -> Symbol:
    new = Symbol(kind, name, cite)
    return _REGISTRY.setdefault(str(new), new)


def symbol(text: str) -> Symbol:
    """Return the symbol that prints as `text` (``"deliver ServerHello"``).

    Raises `ValueError` for a name that is not in the alphabet.
    """
    found = _REGISTRY.get(text)
    if found is None:
        raise ValueError(f"unknown symbol {text!r}")
    return found


def emission(name: str) -> Symbol:
    """Return the emission called `name`; a message or alert the model never emits gets a symbol as well,
    so that a target's surprising output can be named."""
    return _define(Kind.EMISSION, name, "observed")


def _calls(cites: Iterable[tuple[str, str]]) -> tuple[Symbol, ...]:
    return tuple(_define(Kind.CALL, name, cite) for name, cite in cites)


# fmt: off
(
    HANDSHAKE, RECORD_SEND, RECORD_RECV, BYE, REHANDSHAKE, REAUTH, KEY_UPDATE, KEY_UPDATE_PEER,
    ALERT_NO_RENEGOTIATION, ALERT_WARNING, ALERT_FATAL,
) = CALLS = _calls((                # a call that takes an argument is one letter for each argument that matters
    ("handshake",                   "gnutls_handshake(3)"),
    ("record_send",                 "gnutls_record_send(3)"),
    ("record_recv",                 "gnutls_record_recv(3)"),
    ("bye",                         "gnutls_bye(3)"),
    ("rehandshake",                 "gnutls_rehandshake(3)"),
    ("reauth",                      "gnutls_reauth(3)"),
    ("key_update",                  "gnutls_session_key_update(3)"),
    ("key_update.peer",             "gnutls_session_key_update(3)"),
    ("alert_send.no_renegotiation", "gnutls_alert_send(3)"),
    ("alert_send.user_canceled",    "gnutls_alert_send(3)"),
    ("alert_send.fatal",            "gnutls_alert_send(3)"),
))

_MESSAGES: Final = (                # (name, source); honest messages first, then what is always refused
    ("ClientHello",                 "8446 4.1.2"),
    ("ServerHello",                 "8446 4.1.3"),
    ("HelloRetryRequest",           "8446 4.1.4"),
    ("HelloVerifyRequest",          "6347 4.2.1"),
    ("EncryptedExtensions",         "8446 4.3.1"),
    ("CertificateRequest",          "8446 4.3.2"),
    ("Certificate",                 "8446 4.4.2"),
    ("CertificateStatus",           "6066 8"),
    ("CertificateVerify",           "8446 4.4.3"),
    ("ServerKeyExchange",           "5246 7.4.3"),
    ("ServerHelloDone",             "5246 7.4.5"),
    ("ClientKeyExchange",           "5246 7.4.7"),
    ("ChangeCipherSpec",            "5246 7.1"),
    ("Finished",                    "8446 4.4.4"),
    ("ApplicationData",             "8446 5.1"),
    ("NewSessionTicket",            "8446 4.6.1"),
    ("KeyUpdate.not_requested",     "8446 4.6.3"),
    ("KeyUpdate.requested",         "8446 4.6.3"),
    ("HelloRequest",                "5246 7.4.1.1"),
    ("EarlyData",                   "8446 2.3"),
    ("EndOfEarlyData",              "8446 4.5"),
    ("Retransmission",              "6347 4.2.4"),
    ("ClientHello.resuming",        "5246 7.4.1.2"),
    ("ClientHello.early",           "8446 4.2.10"),
    ("ClientHello.no_share",        "8446 4.1.4"),
    ("ClientHello.no_cookie",       "6347 4.2.1"),
    ("ServerHello.resumed",         "5246 7.4.1.3"),
    ("EncryptedExtensions.early",   "8446 4.2.10"),
    ("Alert.close_notify",          "8446 6.1"),
    ("Alert.warning",               "5246 7.2.2"),
    ("Alert.no_renegotiation",      "5246 7.2.2"),
    ("Alert.user_canceled",         "8446 6.1"),
    ("Alert.fatal",                 "8446 6.2"),
    ("EndOfStream",                 "8446 6.1"),
    ("ClientHello.unbound",         "5746 3.6"),
    ("ServerHello.unbound",         "5746 3.4"),
    ("ClientHello.misbound",        "5746 3.7"),
    ("ServerHello.misbound",        "5746 3.5"),
    ("Certificate.empty",           "8446 4.4.2.4"),
    ("CertificateVerify.bad",       "8446 4.4.3"),
    ("ServerKeyExchange.bad",       "5246 7.4.3"),
    ("Finished.bad",                "8446 4.4.4"),
    ("ChangeCipherSpec.bad",        "8446 5"),
    ("ClientHello.bad_binder",      "8446 4.2.11"),
    ("HelloRetryRequest.idle",      "8446 4.1.4"),
    ("ClientHello.other_version",   "8446 4.2.1"),
    ("ServerHello.other_version",   "8446 4.1.3"),
    ("ServerHello.unoffered",       "8446 4.1.3"),
    ("KeyUpdate.malformed",         "8446 4.6.3"),
    ("UnknownHandshake",            "8446 4"),
    ("UnknownRecord",               "8446 5"),
    ("BadRecord",                   "8446 5.2"),
    ("StaleRecord",                 "6347 4.1"),
    ("ClientHello.malformed",       "8446 6.2"),
    ("ServerHello.malformed",       "8446 6.2"),
    ("Alert.unknown_level",         "8446 6"),
    ("Alert.malformed",             "8446 6"),
)
DELIVERIES = tuple(_define(Kind.DELIVERY, name, cite) for name, cite in _MESSAGES)

(
    READ_INTERRUPTED, READ_CUT, WRITE_INTERRUPTED, WRITE_BLOCKED, WRITE_CUT, WRITE_TOO_LARGE,
    TIMER_EXPIRED, DEADLINE_PASSED,
) = ENVIRONMENT = tuple(_define(Kind.ENVIRONMENT, name, cite) for name, cite in (
    ("read_interrupted",            "gnutls_transport_set_errno(3)"),
    ("read_cut",                    "gnutls_transport_set_errno(3)"),
    ("write_interrupted",           "gnutls_transport_set_errno(3)"),
    ("write_blocked",               "gnutls_transport_set_errno(3)"),
    ("write_cut",                   "gnutls_transport_set_errno(3)"),
    ("write_too_large",             "gnutls_dtls_set_mtu(3)"),
    ("timer_expired",               "6347 4.2.4"),
    ("deadline_passed",             "gnutls_handshake_set_timeout(3)"),
))
# fmt: on

INPUTS: Final = CALLS + DELIVERIES + ENVIRONMENT


def delivery(name: str) -> Symbol:
    """Return the delivery called `name`; raises `ValueError` where there is none."""
    return symbol(f"{Kind.DELIVERY} {name}")


END_OF_STREAM: Final = delivery("EndOfStream")
HANDSHAKE_MESSAGES: Final = tuple(
    item
    for item in DELIVERIES
    if item.message
    not in {
        "ChangeCipherSpec",
        "ApplicationData",
        "EarlyData",
        "Alert",
        "EndOfStream",
        "UnknownRecord",
        "BadRecord",
        "StaleRecord",
        "Retransmission",
    }
)


NOT_FAILURES: Final = NON_FATAL | {"DATA", "EOF", "ZERO"}
"""Everything that a call may give back without having failed; a code that nobody knows is a failure."""


@dataclass(frozen=True, slots=True)
class Return:
    """What a call gave back.

    `code` is a name of the manual's code table, or ``DATA`` (record_recv delivered data), ``EOF`` (the peer
    closed), ``ZERO`` (record_send took no byte) or ``ANY_FATAL`` (in the model only: any fatal code will do).
    `direction` is gnutls_record_get_direction(3), 0 read or 1 write, after AGAIN and INTERRUPTED; else None.
    """

    code: str
    direction: int | None = None

    def __str__(self) -> str:
        return self.code if self.direction is None else f"{self.code} ({('read', 'write')[self.direction]})"

    def admits(self, observed: Return) -> bool:
        """Tell whether `observed`, from a target, is an instance of this return of the model."""
        if self.code == "ANY_FATAL":
            return observed.code not in NOT_FAILURES
        return self == observed


@dataclass(frozen=True, slots=True)
class Output:
    """All that a step shows: what the call returned (None for other inputs) and what went out."""

    returned: Return | None = None
    emissions: tuple[Symbol, ...] = ()

    def __str__(self) -> str:
        sent = " ".join(f"!{item.name}" for item in self.emissions)
        return " ".join(part for part in (str(self.returned) if self.returned else "", sent) if part) or "-"

    def admits(self, observed: Output) -> bool:
        """Tell whether a target's `observed` output is an instance of this output of the model."""
        if self.emissions != observed.emissions:
            return False
        if self.returned is None or observed.returned is None:
            return self.returned is observed.returned
        return self.returned.admits(observed.returned)


QUIET: Final = Output()


def emissions(names: Iterable[str]) -> tuple[Symbol, ...]:
    """Return the emission symbols of `names`, in order."""
    return tuple(map(emission, names))
