"""docs/contract.md is of this suite: it has each of its statements and differences."""

import re
from pathlib import Path

from tests.contract.differences import DIFFERENCES
from tests.contract.page import statement

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs" / "contract.md"


def test_the_page_has_every_statement_of_the_suite():
    page = PAGE.read_text()
    suite = (path.read_text() for path in HERE.glob("test_*.py") if path != Path(__file__))
    names = {name for text in suite for name in re.findall(r"^def (test_\w+)", text, re.MULTILINE)}

    assert {name for name in names if f"| {statement(name)} |" not in page} == set()


def test_the_page_explains_every_difference():
    page = PAGE.read_text()

    assert {key for key, row in DIFFERENCES.items() if row.reason not in page} == set()


def test_the_page_has_no_failure():
    assert "**failed**" not in PAGE.read_text()
