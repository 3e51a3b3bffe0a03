"""Targets by name.  Each is imported when asked for, so that a missing library hides nobody else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tlsmodel.credentials import TestCredentials
from tlsmodel.targets.base import Target


def _impl(credentials: TestCredentials) -> Target:
    from tlsmodel.targets.impl import ImplTarget

    return ImplTarget(credentials)


def _gnutls(credentials: TestCredentials) -> Target:
    from tlsmodel.targets.gnutls import GnuTLSTarget

    return GnuTLSTarget(credentials)


def _openssl(credentials: TestCredentials) -> Target:
    from tlsmodel.targets.openssl import OpenSSLTarget

    return OpenSSLTarget(credentials)


TARGETS: Final[dict[str, Callable[[TestCredentials], Target]]] = {
    "impl": _impl,
    "gnutls": _gnutls,
    "openssl": _openssl,
}
ZOO_PREFIX: Final = "zoo:"


def target(name: str, credentials: TestCredentials) -> Target:
    """Return the target called `name`: ``impl``, ``gnutls``, ``openssl`` or ``zoo:ID``.

    Raises `ValueError` naming the choices, and `TargetUnavailable` where its library is missing.
    """
    if name.startswith(ZOO_PREFIX):
        from tlsmodel.targets.zoo import BUGS, ZooTarget

        bug = BUGS.get(name.removeprefix(ZOO_PREFIX))
        if bug is None:
            raise ValueError(
                f"unknown bug {name!r}: choose from {', '.join(ZOO_PREFIX + key for key in BUGS)}"
            )
        return ZooTarget(bug, credentials)
    made = TARGETS.get(name)
    if made is None:
        raise ValueError(f"unknown target {name!r}: choose from {', '.join(TARGETS)} and zoo:ID")
    return made(credentials)
