"""The house rules that a tool can check: small modules, and nobody names the other side."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = sorted([*ROOT.glob("tlsmodel/**/*.py"), *ROOT.glob("impl/**/*.py")])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_module_exceeds_500_lines(path):
    assert len(path.read_text().splitlines()) <= 500


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name != "__init__.py"],
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_every_module_says_what_it_is_for(path):
    assert path.read_text().startswith(('"""', 'r"""'))


def test_the_model_and_the_implementation_do_not_name_each_other():
    model = "".join(path.read_text() for path in ROOT.glob("tlsmodel/spec/**/*.py"))
    flows = "".join(path.read_text() for path in ROOT.glob("impl/**/*.py"))

    assert "impl" not in model.replace("implement", "").replace("simpl", "").replace("impli", "")
    assert "tlsmodel" not in flows
