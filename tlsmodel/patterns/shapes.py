"""The few shapes that most bug patterns have, as rows of an automaton.

Each begins anew with the letters of `begin`; `done` is what only a side does that has accepted what it got.
"""

from __future__ import annotations

Rows = tuple[tuple[str, str, str], ...]


def missing(begin: str, message: str, done: str) -> Rows:
    """`done`, although `message` has not come since `begin`."""
    return (
        ("idle", begin, "due"),
        ("idle", "other", "idle"),
        ("due", message, "idle"),
        ("due", done, "bug"),
        ("due", "other", "due"),
    )


def repeated(begin: str, message: str, done: str) -> Rows:
    """`done`, although `message` has come twice since `begin`."""
    return (
        ("idle", begin, "none"),
        ("idle", "other", "idle"),
        ("none", message, "once"),
        ("none", "other", "none"),
        ("once", message, "twice"),
        ("once", f"{begin} U {done}", "none"),
        ("once", "other", "once"),
        ("twice", begin, "none"),
        ("twice", done, "bug"),
        ("twice", "other", "twice"),
    )


def swapped(begin: str, first: str, second: str, done: str) -> Rows:
    """`done`, although `second` has come before `first` since `begin`."""
    return (
        ("idle", begin, "none"),
        ("idle", "other", "idle"),
        ("none", first, "idle"),
        ("none", second, "late"),
        ("none", "other", "none"),
        ("late", begin, "none"),
        ("late", first, "swapped"),
        ("late", "other", "late"),
        ("swapped", begin, "none"),
        ("swapped", done, "bug"),
        ("swapped", "other", "swapped"),
    )


def accepted(begin: str, message: str, done: str) -> Rows:
    """`done`, although `message` has come since `begin`, which nobody may accept."""
    return (
        ("idle", message, "met"),
        ("idle", "other", "idle"),
        ("met", begin, "idle"),
        ("met", done, "bug"),
        ("met", "other", "met"),
    )
