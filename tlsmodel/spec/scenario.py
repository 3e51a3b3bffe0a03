"""Scenarios: the fixed parameters of a run, resolved before a machine is built.

Version and role select the tables, the parameters select rows in them, and the bounds keep the built machine
finite.  What the peer decides at run time is not here: it is a message variant in `symbols`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from itertools import product
from typing import Any, Final

from tlsmodel.spec.conditions import Condition, has


class Version(StrEnum):
    """Protocol versions that have tables."""

    TLS12 = "tls12"
    TLS13 = "tls13"
    DTLS12 = "dtls12"


class Role(StrEnum):
    """The end of the connection that the machine describes; its peer is the other one."""

    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that is settled before the handshake.

    Parameters
    ----------
    name: as in ``--set name=value``.
    values: what it may be; the first is the default.
    versions, roles: where it means something.
    sentence, cite: what it says, and the source.
    """

    name: str
    values: tuple[str, ...]
    versions: tuple[Version, ...]
    roles: tuple[Role, ...]
    sentence: str
    cite: str


OFF_ON: Final = ("off", "on")
UP_TO_12: Final = (Version.TLS12, Version.DTLS12)
ALL: Final = tuple(Version)
BOTH: Final = tuple(Role)

# fmt: off
PARAMETERS: Final = {item.name: item for item in (
    Parameter("auth", ("none", "request", "require"), ALL, (Role.SERVER,),
              "whether the server asks for the client's certificate, and whether it insists", "5246 7.4.4; 8446 4.3.2"),
    Parameter("certificate", OFF_ON, ALL, (Role.CLIENT,),
              "whether the client has a certificate to answer with", "5246 7.4.6; 8446 4.4.2"),
    Parameter("exchange", ("ecdhe", "rsa", "psk", "ecdhe_psk"), UP_TO_12, BOTH,
              "the key exchange; DHE has the messages of ECDHE", "5246 7.4.7; 4279 2; 5489 2"),
    Parameter("resume", ("off", "on"), ALL, BOTH,
              "a client offers, and a server accepts, a session by its id, its ticket or its pre-shared key",
              "5246 7.3; 5077 3.1; 8446 2.2"),
    Parameter("tickets", OFF_ON, ALL, BOTH,
              "the server issues tickets; in TLS 1.2 it has announced it", "5077 3.3; 8446 4.6.1"),
    Parameter("status", OFF_ON, UP_TO_12, (Role.CLIENT,),
              "the client has asked for CertificateStatus, which the server may send", "6066 8"),
    Parameter("staples", OFF_ON, UP_TO_12, (Role.SERVER,),
              "the client has asked for CertificateStatus, and the server has one to send", "6066 8"),
    Parameter("early", OFF_ON, (Version.TLS13,), BOTH,
              "the client sends early data; the server takes it", "8446 4.2.10"),
    Parameter("late_auth", ("none", "request", "require"), (Version.TLS13,), BOTH,
              "authentication after the handshake: the client offers it (request or require alike), the server wants it",
              "8446 4.6.2"),
    Parameter("policy", ("partial", "disabled", "unsafe", "safe"), UP_TO_12, BOTH,
              "what is demanded of RFC 5746, by the priority keywords of the manual", "5746 3; gnutls_priority_init(3)"),
    Parameter("cookie", ("on", "off"), (Version.DTLS12,), (Role.SERVER,),
              "the server asks for a cookie first", "6347 4.2.1"),
    Parameter("deadline", OFF_ON, ALL, BOTH,
              "the caller has set a time-out for the handshake", "gnutls_handshake_set_timeout(3)"),
)}
"""Every parameter, by name."""

_PSK = has("exchange", "psk", "ecdhe_psk")
NONSENSE: Final[tuple[tuple[Condition, str], ...]] = (
    (_PSK & has("auth", "request", "require"), "a pre-shared key authenticates the client: no CertificateRequest (4279 2)"),
    (_PSK & has("certificate"), "a pre-shared key authenticates the client: it shows no certificate (4279 2)"),
    (_PSK & has("staples"), "without a server certificate there is no status to send (6066 8)"),
    (_PSK & has("status"), "without a server certificate there is no status to send (6066 8)"),
    (has("early") & has("resume", "off"), "early data needs a session to resume (8446 4.2.10)"),
)
"""Combinations that make no sense, with the reason."""

LIMITS: Final = {
    "inbox": (1, 8), "warnings": (0, 64), "key_updates": (0, 8), "armed": (0, 2), "unfinished": (0, 3), "unread": (0, 8),
    "crowd": (1, 4), "rehandshakes": (0, 1),
}
"""Bounds, with the range of each."""
# fmt: on


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is fixed before a session starts.

    Parameters
    ----------
    version, role: which tables.
    parameters: the parameters that differ from their defaults, sorted, as (name, value).
    inbox: how many deliveries may wait unread (1 for drawing and tours; more lets messages coalesce).
    warnings: warning alerts tolerated in one handshake before the next one is fatal (the manual's 16).
    key_updates: KeyUpdate messages the peer may send in one run; rate limits are outside the model.
    armed: disturbances that may be armed at once.
    unfinished: calls that may be left interrupted in a write at once, before each is called again.
    unread: application data that may wait for record_recv after GOT_APPLICATION_DATA.
    rehandshakes: 0 if the application never calls for a second handshake (up to TLS 1.2).
    crowd: how many of these may hold at once: deliveries wait, a read is disturbed, a write is disturbed, a call
        is unfinished.
    """

    version: Version
    role: Role
    parameters: tuple[tuple[str, str], ...] = ()
    inbox: int = field(default=1, kw_only=True)
    warnings: int = field(default=1, kw_only=True)
    key_updates: int = field(default=1, kw_only=True)
    armed: int = field(default=1, kw_only=True)
    unfinished: int = field(default=1, kw_only=True)
    unread: int = field(default=1, kw_only=True)
    crowd: int = field(default=1, kw_only=True)
    rehandshakes: int = field(default=1, kw_only=True)

    @property
    def name(self) -> str:
        """``tls13-client``, with what differs from the defaults: ``tls13-server?auth=require``."""
        chosen = "&".join(f"{key}={value}" for key, value in self.parameters)
        return f"{self.version}-{self.role}" + (f"?{chosen}" if chosen else "")

    @property
    def base(self) -> str:
        """The name without parameters."""
        return f"{self.version}-{self.role}"

    def value(self, parameter: str) -> str:
        """Return the value of a parameter."""
        for key, value in self.parameters:
            if key == parameter:
                return value
        return PARAMETERS[parameter].values[0]

    def with_settings(self, settings: Mapping[str, str]) -> Scenario:
        """Return this scenario with parameters or bounds replaced, as by ``--set auth=require``.

        Raises `ValueError`, naming the setting, when it does not exist, its value is not in range, or the
        combination makes no sense.
        """
        chosen = dict(self.parameters)
        bounds: dict[str, Any] = {}
        for key, value in settings.items():
            if key in LIMITS:
                bounds[key] = _bound(key, value)
            else:
                chosen[key] = self._choose(key, value)
        ordered = tuple(
            (key, chosen[key]) for key in PARAMETERS if chosen.get(key, _DEFAULTS[key]) != _DEFAULTS[key]
        )
        made = replace(self, parameters=ordered, **bounds)
        for condition, reason in NONSENSE:
            if condition.holds(made):
                raise ValueError(f"{condition} makes no sense: {reason}")
        return made

    def _choose(self, key: str, value: str) -> str:
        parameter = PARAMETERS.get(key)
        if parameter is None:
            raise ValueError(f"unknown setting {key!r}: choose from {', '.join((*PARAMETERS, *LIMITS))}")
        if self.version not in parameter.versions or self.role not in parameter.roles:
            raise ValueError(f"setting {key!r} means nothing to a {self.base}: {parameter.sentence}")
        if value not in parameter.values:
            raise ValueError(f"setting {key}={value!r}: choose from {', '.join(parameter.values)}")
        return value


_DEFAULTS: Final = {name: parameter.values[0] for name, parameter in PARAMETERS.items()}


def _bound(key: str, value: str) -> int:
    low, high = LIMITS[key]
    if not (value.isascii() and value.isdigit() and len(value) < 4 and low <= int(value) <= high):
        raise ValueError(f"setting {key}={value!r}: give a whole number from {low} to {high}")
    return int(value)


SCENARIOS: Final[dict[str, Scenario]] = {
    made.name: made
    for version in Version
    for role in Role
    for made in [Scenario(version, role, rehandshakes=0 if version is Version.DTLS12 else 1)]
}
"""The default scenario of every version and role.

Over datagrams messages may be lost, which multiplies states, and a second handshake would do so again.
"""


def scenario(name: str) -> Scenario:
    """Return the scenario called `name`, such as ``tls13-server?auth=require&tickets=on``.

    Raises `ValueError` naming those that exist, or the setting at fault.
    """
    base, _, query = name.partition("?")
    found = SCENARIOS.get(base)
    if found is None:
        raise ValueError(f"unknown machine {base!r}: choose from {', '.join(SCENARIOS)}")
    return found.with_settings(settings_in(query))


def settings_in(query: str) -> dict[str, str]:
    """Read the part of a name behind its question mark; raises `ValueError` for what is not ``name=value``."""
    settings: dict[str, str] = {}
    for part in query.split("&") if query else ():
        key, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{part!r} is not of the form name=value")
        settings[key] = value
    return settings


def combinations(version: Version, role: Role) -> Iterator[Scenario]:
    """Yield the scenario of every sensible combination of parameters."""
    names = [item.name for item in PARAMETERS.values() if version in item.versions and role in item.roles]
    for values in product(*(PARAMETERS[name].values for name in names)):
        try:
            yield Scenario(version, role).with_settings(dict(zip(names, values, strict=True)))
        except ValueError:
            continue


def variations() -> Iterator[Scenario]:
    """Yield for every value of every parameter that is no default the plainest scenario that has it.

    Where such a value makes no sense alone, one more parameter is set, the first that helps.
    """
    for default in SCENARIOS.values():
        names = [name for name in PARAMETERS if _means_something(name, default)]
        others = [{}, *({name: value} for name in names for value in PARAMETERS[name].values[1:])]
        for name in names:
            for value in PARAMETERS[name].values[1:]:
                tried = (_made(default, {**other, name: value}) for other in others)
                made = next((scenario for scenario in tried if scenario), None)
                if made is not None:
                    yield made


def _means_something(name: str, default: Scenario) -> bool:
    return default.version in PARAMETERS[name].versions and default.role in PARAMETERS[name].roles


def _made(default: Scenario, settings: Mapping[str, str]) -> Scenario | None:
    try:
        return default.with_settings(settings)
    except ValueError:
        return None
