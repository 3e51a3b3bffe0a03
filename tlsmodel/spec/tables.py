"""Which tables make up a session of each version and role, and its alphabet."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from tlsmodel.spec import closure, rehandshake
from tlsmodel.spec.dtls12 import client as client_d12
from tlsmodel.spec.dtls12 import server as server_d12
from tlsmodel.spec.row import Resolved, Table
from tlsmodel.spec.scenario import Role, Scenario, Version
from tlsmodel.spec.symbols import (
    ALERT_NO_RENEGOTIATION,
    CALLS,
    DEADLINE_PASSED,
    DELIVERIES,
    ENVIRONMENT,
    READ_CUT,
    TIMER_EXPIRED,
    WRITE_CUT,
    WRITE_TOO_LARGE,
    Symbol,
)
from tlsmodel.spec.tls12 import client as client12
from tlsmodel.spec.tls12 import server as server12
from tlsmodel.spec.tls13 import client as client13
from tlsmodel.spec.tls13 import server as server13


@dataclass(frozen=True, slots=True)
class Written:
    """The tables of one version and role as they are written.

    Parameters
    ----------
    phase, closure, rehandshake: the tables; the last is None where a version has no re-handshake.
    start: the first phase.
    final: phases in which the handshake has nothing more to wait for.
    hello: phases that wait for the peer's first hello.
    unversioned: phases in which this end does not know yet which version the peer speaks.
    """

    phase: Table
    closure: Table
    rehandshake: Table | None
    start: str
    final: frozenset[str]
    hello: frozenset[str]
    unversioned: frozenset[str]


# fmt: off
WRITTEN: Final[dict[tuple[Version, Role], Written]] = {
    (Version.TLS12, Role.CLIENT): Written(
        client12.TABLE, closure.TLS12, rehandshake.CLIENT, client12.START, frozenset({client12.CONNECTED}),
        frozenset(client12.HELLO), frozenset()),
    (Version.TLS12, Role.SERVER): Written(
        server12.TABLE, closure.TLS12, rehandshake.SERVER, server12.START, frozenset({server12.CONNECTED}),
        frozenset({server12.START}), frozenset()),
    (Version.TLS13, Role.CLIENT): Written(
        client13.TABLE, closure.TLS13, None, client13.START, frozenset(client13.ESTABLISHED),
        frozenset(client13.HELLO), frozenset(client13.BEFORE_KEYS)),
    (Version.TLS13, Role.SERVER): Written(
        server13.TABLE, closure.TLS13, None, server13.START, frozenset({server13.CONNECTED}),
        frozenset(server13.HELLOS), frozenset({server13.START})),
    (Version.DTLS12, Role.CLIENT): Written(
        client_d12.TABLE, closure.DTLS12, rehandshake.DATAGRAM_CLIENT, client12.START, frozenset({client12.CONNECTED}),
        frozenset(client12.HELLO), frozenset()),
    (Version.DTLS12, Role.SERVER): Written(
        server_d12.TABLE, closure.DTLS12, rehandshake.DATAGRAM_SERVER, server12.START, frozenset({server12.CONNECTED}),
        frozenset({server12.START, server_d12.WAIT_COOKIE}), frozenset()),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class SessionTables:
    """The rows of one scenario.

    Parameters
    ----------
    phase, closure, rehandshake: at most one answer for each (place, symbol).
    start, final, hello, unversioned: see `Written`.
    inputs: the alphabet, in the order of `symbols`.
    """

    phase: Resolved
    closure: Resolved
    rehandshake: Resolved | None
    start: str
    final: frozenset[str]
    hello: frozenset[str]
    unversioned: frozenset[str]
    inputs: tuple[Symbol, ...]

    @property
    def resolved(self) -> tuple[Resolved, ...]:
        """The tables, in the order in which a delivery is offered to them."""
        first = () if self.rehandshake is None else (self.rehandshake,)
        return (*first, self.closure, self.phase)


_STATELESS: Final = frozenset({server12.START})
"""Where a server that asks for cookies looks at nothing else of a hello (RFC 6347 4.2.1)."""


@cache
def tables_for(scenario: Scenario) -> SessionTables:
    """Return the tables and the alphabet of `scenario`."""
    written = WRITTEN[scenario.version, scenario.role]
    phase = written.phase.resolve(scenario).restrict(written.start)
    reached = frozenset(phase.places)
    made = SessionTables(
        phase=phase,
        closure=written.closure.resolve(scenario),
        rehandshake=written.rehandshake.resolve(scenario) if written.rehandshake else None,
        start=written.start,
        final=written.final & reached,
        hello=written.hello & reached - (_STATELESS if server_d12.WAIT_COOKIE in reached else frozenset()),
        unversioned=written.unversioned,
        inputs=(),
    )
    return SessionTables(
        **{name: getattr(made, name) for name in SessionTables.__slots__ if name != "inputs"},
        inputs=_alphabet(scenario, made),
    )


ONLY_TLS13: Final = ("HelloRetryRequest", "EarlyData")
STREAM_ONLY: Final = frozenset({READ_CUT, WRITE_CUT})
DATAGRAM_ONLY: Final = frozenset({WRITE_TOO_LARGE, TIMER_EXPIRED})
_DATAGRAM_MESSAGES: Final = ("HelloVerifyRequest", "Retransmission", "StaleRecord")
_VARIANTS: Final = {
    **dict.fromkeys(
        ("ClientHello.unbound", "ClientHello.misbound", "ServerHello.unbound", "ServerHello.misbound"),
        (Version.TLS12, Version.DTLS12),
    ),
    **dict.fromkeys(
        ("ClientHello.early", "ClientHello.no_share", "ClientHello.bad_binder", "EncryptedExtensions.early"),
        (Version.TLS13,),
    ),
    "ClientHello.no_cookie": (Version.DTLS12,),
}
"""Variants that only some versions have; elsewhere what makes them one is not looked at."""


def _alphabet(scenario: Scenario, tables: SessionTables) -> tuple[Symbol, ...]:
    datagrams = scenario.version is Version.DTLS12
    refusable = scenario.version is not Version.TLS13
    calls = (item for item in CALLS if item is not ALERT_NO_RENEGOTIATION or refusable)
    deliveries = (item for item in DELIVERIES if _arrives(item, scenario) and _told_apart(item, tables))
    without = STREAM_ONLY if datagrams else DATAGRAM_ONLY
    strikes = (
        item
        for item in ENVIRONMENT
        if item not in without and (item is not DEADLINE_PASSED or scenario.value("deadline") == "on")
    )
    return (*calls, *deliveries, *strikes)


def _arrives(item: Symbol, scenario: Scenario) -> bool:
    version = scenario.version
    if item.name == "ServerKeyExchange.bad" and scenario.value("exchange") in ("psk", "ecdhe_psk"):
        return False  # there is no signature to be bad
    if item.name == "ClientHello.no_cookie" and scenario.value("cookie") == "off":
        return False
    versions = _VARIANTS.get(item.name)
    if versions is not None and version not in versions:
        return False
    if item.message == "EndOfStream":
        return version is not Version.DTLS12
    if item.message in ONLY_TLS13:
        return version is Version.TLS13
    return version is Version.DTLS12 or item.message not in _DATAGRAM_MESSAGES


def _told_apart(item: Symbol, tables: SessionTables) -> bool:
    """Tell whether some row answers a variant in another way than the plain message."""
    plain = next((other for other in DELIVERIES if other.name == item.message), None)
    if plain is None or plain is item:
        return True
    return any(
        _answer(table, place, item) != _answer(table, place, plain)
        for table in tables.resolved
        for place in table.places
    )


def _answer(table: Resolved, place: str, item: Symbol) -> tuple[object, ...] | None:
    row = table.find(place, item)
    return None if row is None else (row.verb, row.to, row.emit, row.choice, row.code, row.sets)
