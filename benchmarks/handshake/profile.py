"""Where impl's time goes in one case, by cProfile: shares of the time, and the costliest functions."""

from __future__ import annotations

import cProfile
import pstats
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_REPEATS: Final = 200
_TOP: Final = 15
_SHOWN: Final = 0.005
_CRYPTOGRAPHY: Final = re.compile(r"cryptography|_hashlib|HASH|x25519\.|ec\.|x509|openssl")
_BUILTIN: Final = "~"  # what pstats has for the file of a function in C
_ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Profile:
    """The time of many handshakes, divided.

    Parameters
    ----------
    shares: part -> share of the whole, 0 to 1; what is next to nothing is left out.
    top: function, calls in one handshake, microseconds of its own in one handshake; the costliest first.
    """

    shares: dict[str, float]
    top: list[tuple[str, float, float]]


def profile(once: Callable[[], None]) -> Profile:
    """Profile what `once` does."""
    once()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(_REPEATS):
        once()
    profiler.disable()
    shares: dict[str, float] = {}
    rows = []
    for (file, line, name), (_, calls, own, _, _) in pstats.Stats(profiler).stats.items():
        part = _part(file, name)
        shares[part] = shares.get(part, 0.0) + own
        rows.append((_shown(file, line, name), calls / _REPEATS, own / _REPEATS * 1e6))
    whole = sum(shares.values())
    ordered = sorted(shares.items(), key=lambda item: -item[1])
    top = sorted(rows, key=lambda row: -row[2])[:_TOP]
    return Profile({part: own / whole for part, own in ordered if own / whole >= _SHOWN}, top)


def _part(file: str, name: str) -> str:
    if file == _BUILTIN:
        return "cryptography and hashlib" if _CRYPTOGRAPHY.search(name) else "other built-in functions"
    path = Path(file)
    if path.is_relative_to(_ROOT / "impl"):
        inside = path.relative_to(_ROOT)
        return f"`impl.{inside.parts[1]}`" if len(inside.parts) > 2 else "`impl`, modules of its root"
    return "Python code elsewhere (standard library, what dataclasses generate, the benchmark)"


def _shown(file: str, line: int, name: str) -> str:
    if file == _BUILTIN:
        return name.strip("<>{}").replace("cryptography.hazmat.bindings._rust.", "")
    path = Path(file)
    inside = path.relative_to(_ROOT) if path.is_relative_to(_ROOT) else Path(path.name)
    return f"{inside.as_posix()}:{line} {name}"
