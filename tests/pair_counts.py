"""Writes tests/pairs.toml, the sizes of pairs: `python -m tests.pair_counts` after a change of the tables."""

from pathlib import Path

from tlsmodel.explore.pairs import explore_pair
from tlsmodel.machine.pair import pair
from tlsmodel.spec.pairs import PAIRS

FILE = Path(__file__).with_name("pairs.toml")
VARIANTS = ("", "channel=1&attacker=1", "channel=3&data=2&renewals=2")


def settings_of(text: str) -> dict[str, str]:
    """Read the part of a label behind its question mark."""
    return dict(item.split("=") for item in text.split("&") if item)


def measured(label: str) -> dict[str, int]:
    """Explore the pair that a label (`tls13?channel=1`) names."""
    name, _, settings = label.partition("?")
    space = explore_pair(pair(name, settings_of(settings)))
    return {"states": space.states, "transitions": space.found.transitions, "depth": space.found.depth}


def document() -> str:
    """Return the whole file."""
    lines = ["# States, transitions and depth of pairs, written by `python -m tests.pair_counts`."]
    for name in PAIRS:
        for variant in VARIANTS:
            label = f"{name}?{variant}" if variant else name
            lines.append(f'["{label}"]')
            lines += [f"{key} = {value}" for key, value in measured(label).items()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    FILE.write_text(document())
