"""What the site shows besides the pages in ``docs``: README, changelog, gallery, notebooks, reference.

Nothing of it is written twice: the pages are made from the files of the repository whenever the site is
built, and their links are turned to where their targets are on the site.  A link to a file that is not on the
site becomes text that names the file.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Final

import nbformat
import typer.main
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page
from nbconvert import MarkdownExporter

from tlsmodel.cli.main import app

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "diagrams/README.md": "gallery/index.md",
}
"""File of the repository -> page of the site."""
FOLDERS: Final = {"diagrams": "gallery/index.md", "notebooks": "notebooks/01-contract.md"}
MODEL: Final = (
    "spec",
    "machine",
    "explore",
    "export",
    "draw",
    "patterns",
    "mapper",
    "targets",
    "hunt",
    "live",
)
IMPLEMENTATION: Final = (
    *("session", "config", "codes", "alerts", "credentials", "transports", "stores", "saved_session"),
    *("tickets", "streams", "aio"),
)
OVERVIEW: Final = "\n    options: {members: false, show_root_heading: false}"
"""What a package names again is shown where it is defined."""
LINK: Final = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^()\s]+)\)")
SOURCE: Final = re.compile(r'(src|srcset)="docs/([^"]+)"')
"""A picture in the README's own HTML."""
ELSEWHERE: Final = ("http://", "https://", "data:", "#", "mailto:")


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Fill the two entries of the navigation that list what is there."""
    found = {
        "Notebooks": [f"notebooks/{path.stem}.md" for path in _notebooks()],
        "Reference": list(_reference()),
    }
    for entry in config.nav or ():
        if isinstance(entry, dict):
            entry.update({name: pages for name, pages in found.items() if name in entry})
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are made, and the pictures that they show."""
    for source, name in PAGES.items():
        files.append(File.generated(config, name, content=(ROOT / source).read_text("utf-8")))
    for path in sorted((ROOT / "diagrams").iterdir()):
        if path.suffix in (".svg", ".mmd"):
            files.append(File.generated(config, f"gallery/{path.name}", abs_src_path=str(path)))
    for path in _notebooks():
        for name, content in _converted(path):
            files.append(File.generated(config, f"notebooks/{name}", content=content))
    for name, content in _reference().items():
        files.append(File.generated(config, name, content=content))
    return files


def on_page_markdown(markdown: str, page: Page, files: Files, **_others: object) -> str:
    """Turn links between files of the repository into links between pages."""
    here = page.file.src_uri
    source = {made: name for name, made in PAGES.items()}.get(here, f"docs/{here}")

    def turned(link: re.Match[str]) -> str:
        image, words, target = link.groups()
        if target.startswith(ELSEWHERE):
            return link[0]
        path, mark, anchor = target.partition("#")
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        place = _place(wanted)
        if files.get_file_from_path(place):
            return (
                f"{image}[{words}]({posixpath.relpath(place, posixpath.dirname(here) or '.')}{mark}{anchor})"
            )
        if (ROOT / wanted).exists():
            return f'<span title="{escape(wanted)}">{words}</span>'
        return link[0]

    return SOURCE.sub(lambda found: f'{found[1]}="{found[2]}"', LINK.sub(turned, markdown))


def _place(path: str) -> str:
    """Return where a file of the repository is on the site."""
    if path in PAGES or path in FOLDERS:
        return PAGES.get(path) or FOLDERS[path]
    if path.startswith("notebooks/"):
        return path.replace(".ipynb", ".md")
    return path.replace("diagrams/", "gallery/", 1).removeprefix("docs/")


def _notebooks() -> list[Path]:
    return sorted((ROOT / "notebooks").glob("*.ipynb"))


def _converted(path: Path) -> Iterator[tuple[str, str | bytes]]:
    """Yield a notebook as a page, and its pictures as files."""
    notebook = nbformat.read(path, 4)
    names = {"unique_key": path.stem, "output_files_dir": f"{path.stem}-files"}
    text, resources = MarkdownExporter().from_notebook_node(notebook, {"output_extension": ".md", **names})
    yield f"{path.stem}.md", text
    yield from resources["outputs"].items()


def _reference() -> dict[str, str]:
    """Return the pages of the reference: a page for each package, a chapter for each module."""
    pages = {"reference/cli.md": _command_line()}
    for package in MODEL:
        folder = ROOT / "tlsmodel" / package
        modules = [
            ".".join(path.relative_to(ROOT).with_suffix("").parts) for path in sorted(folder.rglob("*.py"))
        ]
        public = [name.removesuffix(".__init__") for name in modules if ".zoo." not in name]
        pages[f"reference/{package}.md"] = _chapters(f"tlsmodel.{package}", public)
    pages["reference/impl.md"] = _chapters("impl", [f"impl.{name}" for name in IMPLEMENTATION])
    return pages


def _chapters(title: str, modules: list[str]) -> str:
    chapters = (f"::: {name}" + OVERVIEW * (name == title) for name in modules)
    return "\n\n".join((f"# {title}", *chapters)) + "\n"


def _command_line() -> str:
    """Return the help of every command; it needs no wrapping here."""
    command = typer.main.get_command(app)
    parts = [
        "# The command line",
        "Exit status: 0 fine; 1 a finding or a difference; 2 wrong usage; 3 a missing part.",
    ]
    for name, found in sorted(command.commands.items()):
        context = found.make_context(name, [], resilient_parsing=True)
        records = filter(None, (item.get_help_record(context) for item in found.params))
        rows = [f"| `{_cell(names)}` | {_cell(words)} |" for names, words in records]
        parts += [f"## tlsmodel {name}", found.help or ""]
        parts.append("\n".join(("| option | does |", "|---|---|", *rows)))
    return "\n\n".join(parts) + "\n"


def _cell(words: str) -> str:
    return words.replace("|", "\\|")
