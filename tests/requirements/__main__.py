"""Write docs/requirements.md: `python -m tests.requirements`."""

from __future__ import annotations

import sys

from tests.requirements.page import PAGE, write
from tests.requirements.references import dangling
from tests.requirements.register import load


def main() -> int:
    """Write the page, unless the register is not of its form or cites what does not exist: then say so."""
    try:
        documents = load()
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    lines = dangling(item for document in documents for item in document.requirements)
    if lines:
        print("\n".join(lines), file=sys.stderr)
        return 1
    write(documents)
    print(f"{PAGE.name}: {sum(len(document.requirements) for document in documents)} requirements")
    return 0


if __name__ == "__main__":
    sys.exit(main())
