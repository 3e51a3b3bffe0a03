"""The labels of a bug pattern's edges: which letters they fit, what they remember, what they demand.

A letter is ``I_NAME`` for a message that the observed side received, ``O_NAME`` for one that it sent, and
``R_CALL.CODE`` for what a call returned.  A label names a letter, a set ``{I_A, O_B}``, a regular expression
behind ``F_``, or ``other``: any letter that no label without ``other`` fits at the same state; unions
``A U B`` and differences ``other - {I_A}`` are built of these.  It may remember a field of a parametric
message, ``I_SERVER_HELLO[x:=cipher_suite]``, and demand something of it, ``where x != y``.
The language is that of the published patterns of the state machine bug finder (assist-project).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

MAX_LABEL: Final = 500
"""Characters of a label that is read."""
MAX_NAME: Final = 100
"""Characters of a letter that is matched against an expression."""

Value = str | frozenset[str]
Registers = tuple[tuple[str, Value], ...]
"""What is remembered, as (register, value) in the order of the names."""

_SYMBOL = re.compile(r"[A-Za-z0-9_.,()*]+")
_PARTS = re.compile(
    r"(?P<symbols>[^\[]*?)(?:\[(?P<update>[^\]]*)\])?(?:\s+where\s+(?P<guard>.*))?", re.DOTALL
)
_ASSIGNMENT = re.compile(r"(\w+)\s*:=\s*(\w+)")
_RELATION = re.compile(r"(.+?)\s+(==|!=|!in|in)\s+(.+)")
_CALL = re.compile(r"(\w+)\((\w+)\)")
_TOKEN = re.compile(r"\s*(\{[^}]*\}|F_\S+|U(?=\s)|-(?=\s)|[A-Za-z0-9_.,()]+)")
_OTHERS: Final = {"other": "", "other_input": "I_", "other_output": "O_"}


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parametric messages of a set of patterns.

    Parameters
    ----------
    fields: values that a field can have.
    messages: message -> (its field, whether the field is a set); ``SERVER_HELLO`` with the field's value
        ``PSK`` is the letter ``PSK_SERVER_HELLO``.
    functions: name -> what it maps a value to.
    """

    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    messages: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    functions: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def split(self, letter: str) -> tuple[str, str | None, Value]:
        """Return the letter without its parameter, its field's name (None: it has none) and value."""
        for message, (name, several) in self.messages.items():
            if letter.endswith(f"_{message}"):
                value = letter[2 : -len(message) - 1]
                if value in self.fields.get(name, frozenset()):
                    return letter[:2] + message, name, frozenset({value}) if several else value
        return letter, None, ""


class Expression(Protocol):
    """A set of letters."""

    def fits(self, letter: str) -> bool | None:
        """Tell whether `letter` belongs to it: True by its name, None as one of the others, False not."""


@dataclass(frozen=True, slots=True)
class Named:
    """Letters by name, with or without the direction in front."""

    names: frozenset[str]

    def fits(self, letter: str) -> bool | None:
        """Tell whether the letter is one of them."""
        return letter in self.names or letter[2:] in self.names


@dataclass(frozen=True, slots=True)
class Matching:
    """Letters that a regular expression matches as a whole."""

    expression: re.Pattern[str]

    def fits(self, letter: str) -> bool | None:
        """Tell whether it does."""
        return len(letter) <= MAX_NAME and self.expression.fullmatch(letter) is not None


@dataclass(frozen=True, slots=True)
class Other:
    """The letters of a direction, or all, that nothing else fits."""

    prefix: str

    def fits(self, letter: str) -> bool | None:
        """None for letters of the direction."""
        return None if letter.startswith(self.prefix) else False


@dataclass(frozen=True, slots=True)
class Union:
    """Letters of either set."""

    left: Expression
    right: Expression

    def fits(self, letter: str) -> bool | None:
        """The left one decides first."""
        first = self.left.fits(letter)
        return self.right.fits(letter) if first is False else first


@dataclass(frozen=True, slots=True)
class Difference:
    """Letters of the left set that are not in the right one."""

    left: Expression
    right: Expression

    def fits(self, letter: str) -> bool | None:
        """As the left one says, unless the right one has it."""
        return self.left.fits(letter) if self.right.fits(letter) is False else False


@dataclass(frozen=True, slots=True)
class Relation:
    """One comparison of a guard: a register or a function of one, an operator, a register."""

    left: str
    function: str | None
    operator: str
    right: str

    def holds(self, registers: Mapping[str, Value], parameters: Parameters) -> bool:
        """Tell whether it holds; what was never remembered compares as nothing."""
        left, right = registers.get(self.left), registers.get(self.right)
        if self.function is not None and isinstance(left, str):
            left = parameters.functions.get(self.function, {}).get(left)
        if left is None or right is None:
            return False
        return _OPERATORS[self.operator](left, right)


def _within(left: Value, right: Value) -> bool:
    return left <= right if isinstance(left, frozenset) and isinstance(right, frozenset) else left in right


_OPERATORS: Final[dict[str, Callable[[Value, Value], bool]]] = {
    "==": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
    "in": _within,
    "!in": lambda left, right: not _within(left, right),
}


@dataclass(frozen=True, slots=True)
class Label:
    """A label that has been read.

    Parameters
    ----------
    text: as it was written.
    letters: which letters it fits.
    update: register -> the field that is remembered in it.
    guard: alternatives, each of relations that must all hold; none demands nothing.
    """

    text: str
    letters: Expression
    update: tuple[tuple[str, str], ...] = ()
    guard: tuple[tuple[Relation, ...], ...] = ()

    def take(
        self, letter: str, registers: Registers, parameters: Parameters
    ) -> tuple[bool, Registers] | None:
        """Return whether the letter was named and what is remembered then, or None if it does not fit."""
        plain, name, value = parameters.split(letter)
        fit = self.letters.fits(letter)
        if fit is False and plain != letter:
            fit = self.letters.fits(plain)
        if fit is False:
            return None
        known = dict(registers)
        known |= {register: value for register, wanted in self.update if wanted == name}
        if self.guard and not any(
            all(relation.holds(known, parameters) for relation in relations) for relations in self.guard
        ):
            return None
        return fit is True, tuple(sorted(known.items(), key=lambda item: item[0]))


def read_label(text: str) -> Label:
    """Read a label; raises `ValueError` naming what is wrong with it."""
    if len(text) > MAX_LABEL:
        raise ValueError(f"a label of more than {MAX_LABEL} characters: {text[:40]!r}")
    parts = _PARTS.fullmatch(text.strip())
    if parts is None:
        raise ValueError(f"not a label: {text!r}")
    update, guard = parts["update"], parts["guard"]
    return Label(
        text=text.strip(),
        letters=_expression(parts["symbols"], text),
        update=() if update is None else tuple(_assignment(item, text) for item in update.split(";")),
        guard=() if guard is None else _guard(guard, text),
    )


def _expression(symbols: str, text: str) -> Expression:
    tokens = _tokens(symbols, text)
    if len(tokens) % 2 == 0:
        raise ValueError(f"not a set of letters: {text!r}")
    found = _term(tokens[0], text)
    for operator, token in zip(tokens[1::2], tokens[2::2], strict=True):
        if operator not in _SETS:
            raise ValueError(f"{operator!r} between letters: {text!r}")
        found = _SETS[operator](found, _term(token, text))
    return found


_SETS: Final[dict[str, Callable[[Expression, Expression], Expression]]] = {"U": Union, "-": Difference}


def _tokens(symbols: str, text: str) -> list[str]:
    tokens, at = [], 0
    stripped = symbols.rstrip()
    while at < len(stripped):
        found = _TOKEN.match(stripped, at)
        if found is None:
            raise ValueError(f"{stripped[at:].strip()[:20]!r} in label {text!r}")
        tokens.append(found[1])
        at = found.end()
    return tokens


def _term(token: str, text: str) -> Expression:
    if token.startswith("{"):
        names = re.split(r",\s+", token[1:-1].strip())
        if not all(map(_SYMBOL.fullmatch, names)):
            raise ValueError(f"{token!r} in label {text!r}")
        return Named(frozenset(names))
    if token in _OTHERS:
        return Other(_OTHERS[token])
    if token.startswith("F_"):
        try:
            return Matching(re.compile(token[2:]))
        except re.error as fault:
            raise ValueError(f"{token!r} in label {text!r}: {fault}") from None
    if token in _SETS:
        raise ValueError(f"{token!r} without letters: {text!r}")
    return Named(frozenset({token}))


def _assignment(item: str, text: str) -> tuple[str, str]:
    found = _ASSIGNMENT.fullmatch(item.strip())
    if found is None:
        raise ValueError(f"{item!r} in label {text!r}: write register:=field")
    return found[1], found[2]


def _guard(guard: str, text: str) -> tuple[tuple[Relation, ...], ...]:
    return tuple(
        tuple(_relation(item, text) for item in re.split(r"\s+and\s+", alternative))
        for alternative in re.split(r"\s+or\s+", guard.strip())
    )


def _relation(item: str, text: str) -> Relation:
    found = _RELATION.fullmatch(item.strip())
    if found is None:
        raise ValueError(f"{item!r} in label {text!r}: write a comparison")
    left, operator, right = found.groups()
    call = _CALL.fullmatch(left)
    if not right.isidentifier() or not (call or left.isidentifier()):
        raise ValueError(f"{item!r} in label {text!r}: compare registers")
    return Relation(call[2] if call else left, call[1] if call else None, operator, right)
