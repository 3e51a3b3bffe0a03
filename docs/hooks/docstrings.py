"""The house's docstrings as the reference reads them: ``name: sentence`` lines become items of a list."""

from __future__ import annotations

import re
from typing import Any

from griffe import Extension, Object

SECTION = re.compile(r"^(Parameters|Attributes)\n-+\n(.*?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
ENTRY = re.compile(r"^(\S[^:\n]*): *", re.MULTILINE)


class Entries(Extension):
    """Rewrites sections in which several names may share a line: ``left, right: the two ends``."""

    def on_object(self, *, obj: Object, **_others: Any) -> None:
        """Give each docstring lists that Markdown understands."""
        if obj.docstring is not None:
            obj.docstring.value = SECTION.sub(_listed, obj.docstring.value)


def _listed(section: re.Match[str]) -> str:
    entries = ENTRY.sub(_entry, section[2])
    return f"**{section[1]}**\n\n{entries}"


def _entry(entry: re.Match[str]) -> str:
    return "- " + ", ".join(f"`{name.strip()}`" for name in entry[1].split(",")) + ": "
