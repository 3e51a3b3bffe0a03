"""The form of a row before its version is known, and the rows that all versions have."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

from tests.interop.needs import Feature, Needs
from tests.interop.plays import refusing, talking


class Row(NamedTuple):
    """A feature without the prefix of its name.

    Parameters
    ----------
    name, title, needs, play: as those of `Feature`.
    """

    name: str
    title: str
    needs: Needs
    play: Callable[..., None] = talking.talk


def features(prefix: str, rows: Iterable[Row]) -> tuple[Feature, ...]:
    """Return rows as features, whose names begin with `prefix`."""
    return tuple(Feature(f"{prefix}-{row.name}", row.title, row.needs, row.play) for row in rows)


def certificates(needs: partial[Needs]) -> Iterator[Row]:
    """Certificates of both sides, believed and not believed."""
    shown = "client certificate required and shown"
    for auth, kind, title in (
        ("request", None, "client certificate requested, none shown"),
        ("request", "ecdsa", "client certificate requested and shown"),
        ("require", "ecdsa", f"{shown} (ECDSA)"),
        ("require", "rsa", f"{shown} (RSA)"),
        ("require", "ed25519", f"{shown} (Ed25519)"),
    ):
        yield Row(f"auth-{auth}-{kind}", title, needs(auth=auth, shown=kind), talking.authenticate)
    refused = refusing.client_refused
    yield Row(
        "auth-missing", "client certificate required and missing: refused", needs(auth="require"), refused
    )
    yield Row(
        "auth-untrusted", "client certificate of an unknown authority: refused",
        needs(auth="require", shown="ecdsa", client_believed=False), refused,
    )  # fmt: skip
    refused = refusing.server_refused
    yield Row("wrong-host", "certificate of another host: refused", needs(host="elsewhere.test"), refused)
    yield Row("untrusted", "certificate of an unknown authority: refused", needs(believed=False), refused)
    both = partial(needs, auth="require", shown="ecdsa")
    yield Row("verify-asked", "our application is asked for its verdict", both(verify=True), talking.asked)
    yield Row(
        "verify-refused", "our application refuses the certificate",
        both(verify=False), refusing.application_refused,
    )  # fmt: skip
