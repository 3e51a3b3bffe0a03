"""Which tables make up a session of each version and role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tlsmodel.spec import closure
from tlsmodel.spec.row import Table
from tlsmodel.spec.scenario import Role, Version
from tlsmodel.spec.tls12 import client as client12
from tlsmodel.spec.tls12 import server as server12
from tlsmodel.spec.tls13 import client as client13
from tlsmodel.spec.tls13 import server as server13


@dataclass(frozen=True, slots=True)
class SessionTables:
    """The tables of one version and role.

    Parameters
    ----------
    phase, closure: the tables.
    start, final: the first phase and the one in which the handshake has nothing more to wait for.
    unversioned: phases in which this end does not know yet which version the peer speaks.
    """

    phase: Table
    closure: Table
    start: str
    final: str
    unversioned: frozenset[str]


TABLES: Final[dict[tuple[Version, Role], SessionTables]] = {
    (Version.TLS12, Role.CLIENT): SessionTables(
        client12.TABLE, closure.TLS12, client12.START, client12.CONNECTED, frozenset()
    ),
    (Version.TLS12, Role.SERVER): SessionTables(
        server12.TABLE, closure.TLS12, server12.START, server12.CONNECTED, frozenset()
    ),
    (Version.TLS13, Role.CLIENT): SessionTables(
        client13.TABLE, closure.TLS13, client13.START, client13.CONNECTED, frozenset(client13.BEFORE_KEYS)
    ),
    (Version.TLS13, Role.SERVER): SessionTables(
        server13.TABLE, closure.TLS13, server13.START, server13.CONNECTED, frozenset({server13.START})
    ),
}
