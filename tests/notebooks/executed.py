"""Runs notebooks from top to bottom; ``python -m tests.notebooks.executed`` saves them with their output."""

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PATIENCE = 120
"""Seconds that one cell may take."""
KERNEL = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(path: Path) -> nbformat.NotebookNode:
    """Return the notebook at `path` with fresh output; raises `CellExecutionError` where a cell fails."""
    notebook = nbformat.read(path, 4)
    where = {"metadata": {"path": str(ROOT)}}
    NotebookClient(notebook, timeout=PATIENCE, kernel_name="python3", record_timing=False, resources=where).execute()
    for cell in code_cells(notebook):
        cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def code_cells(notebook: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    """Return the cells of a notebook that are run."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def main(names: list[str]) -> None:
    """Run the notebooks with these names, or all, and save them with their output."""
    for path in map(Path, names) if names else NOTEBOOKS:
        notebook = executed(path)
        notebook.metadata = nbformat.from_dict(KERNEL)
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main(sys.argv[1:])
