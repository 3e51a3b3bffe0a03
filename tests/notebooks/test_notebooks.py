"""Every notebook runs from top to bottom, in under two minutes, and is kept with its output."""

from resource import RUSAGE_CHILDREN, getrusage

import nbformat
import pytest

from tests.notebooks.executed import NOTEBOOKS, code_cells, executed

every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def seconds_of_children():
    """Return the time that a processor has spent on kernels that have ended."""
    used = getrusage(RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_the_notebooks_are_numbered_without_a_gap():
    assert [int(path.name[:2]) for path in NOTEBOOKS] == list(range(1, len(NOTEBOOKS) + 1))


@every_notebook
def test_a_notebook_runs(path):
    begun = seconds_of_children()
    cells = code_cells(executed(path))

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.outputs for cell in cells)
    assert seconds_of_children() - begun < 120


@every_notebook
def test_a_notebook_is_committed_with_the_output_of_one_run(path):
    cells = code_cells(nbformat.read(path, 4))

    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    assert all(cell.outputs for cell in cells)
    assert not any(output.output_type == "error" for cell in cells for output in cell.outputs)
