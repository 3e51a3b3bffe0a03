"""Why a peer lacks a feature, each with a proof that is run in its cell: no reason is taken on trust."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.interop.conftest import program
from tests.interop.needs import Feature

_SHORT = 4.0

Make = Callable[[float], Any]
"""(seconds that anything may take) -> a run of the feature with the peer."""


@dataclass(frozen=True)
class Lack:
    """A feature that a peer does not have.

    Parameters
    ----------
    reason: for people; versions of the stacks stand in it as {gnutls}, {openssl} and {newer}.
    prove: raises if the reason is not true, which it may not be of another version.
    """

    reason: str
    prove: Callable[[Make], None]

    def doubt(self, make: Make) -> BaseException | None:
        """Put the reason to the test; return what speaks against it, or None if it is true."""
        try:
            self.prove(make)
        except (Exception, pytest.fail.Exception) as error:
            return error
        return None


Rule = tuple[Callable[[Feature], bool], Lack]
"""(whether it is about a feature, the reason)"""


def first(rules: tuple[Rule, ...], feature: Feature) -> Lack | None:
    """Return what the first rule about a feature says."""
    return next((lack for test, lack in rules if test(feature)), None)


def named(*names: str) -> Callable[[Feature], bool]:
    """Features with these names; a name without its version is about all versions."""
    return lambda feature: bool({feature.name, feature.name.partition("-")[2]} & set(names))


def fails(reason: str, with_words: str) -> Lack:
    """The feature is tried all the same, and fails with some words: of either side, or of the trace.

    Parameters
    ----------
    reason: for people.
    with_words: a regular expression.
    """

    def prove(make: Make) -> None:
        run = make(_SHORT)
        with pytest.raises(Exception) as caught:
            run.feature.play(run)
        traces = " ".join(
            f"{'received' if message.incoming else 'sent'} {name}"
            for trace in run.traces
            for name, message in zip(trace.names(), trace.messages, strict=True)
        )
        alerts = " ".join(item.body.hex() for trace in run.traces for item in trace.messages)
        words = f"{caught.value!r}\n{run.peer.said}\n{traces}\n{alerts}"
        assert re.search(with_words, words), words

    return Lack(reason, prove)


def shows(reason: str, play: Callable[[Any], None]) -> Lack:
    """The feature is asked for, and what happens is something else, which `play` requires."""
    return Lack(reason, lambda make: play(make(_SHORT)))


def refuses(reason: str, command: list[str], with_words: str) -> Lack:
    """The program says that it does not know how.

    Parameters
    ----------
    reason: for people.
    command: asks it.
    with_words: a regular expression.
    """

    def prove(_make: Make) -> None:
        said = _output(command)
        assert re.search(with_words, said), said

    return Lack(reason, prove)


def without(reason: str, command: list[str], word: str) -> Lack:
    """The program's own list of what it can do does not have a word.

    Parameters
    ----------
    reason: for people.
    command: prints the list.
    word: a regular expression.
    """

    def prove(_make: Make) -> None:
        said = _output(command)
        assert len(said) > 200, said
        assert not re.search(word, said), said

    return Lack(reason, prove)


def absent(reason: str, where: Callable[[], Any], *names: str) -> Lack:
    """The library's binding has no such functions.

    Parameters
    ----------
    reason: for people.
    where: returns the module or object.
    names: of the functions.
    """

    def prove(_make: Make) -> None:
        assert not [name for name in names if hasattr(where(), name)]

    return Lack(reason, prove)


def _output(command: list[str]) -> str:
    finished = subprocess.run(
        [program(command[0]), *command[1:]],
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        timeout=20,
        check=False,
    )
    return finished.stdout + finished.stderr
