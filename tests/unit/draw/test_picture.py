"""Pictures: every format, no system package, the same bytes each time, and no text that breaks out."""

import xml.etree.ElementTree as ET

import pygraphviz
import pytest

from tlsmodel.draw import (
    machine_svg,
    phases,
    render,
    sequence_svg,
    show,
    theme,
    to_dot,
    to_mermaid,
    to_plantuml,
)
from tlsmodel.draw.runs import full_handshake
from tlsmodel.draw.svg import texts, to_svg
from tlsmodel.machine import build

SVG = "{http://www.w3.org/2000/svg}"
BEGINNINGS = {
    "svg": b"<svg", "png": b"\x89PNG", "pdf": b"%PDF", "dot": b"digraph", "mmd": b"---", "puml": b"@startuml",
}  # fmt: skip


@pytest.mark.parametrize("form", BEGINNINGS)
def test_each_format_is_written_without_a_graphviz_on_the_path(form, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", "")
    path = tmp_path / f"picture.{form}"

    render(phases(build("tls12-server")), path)

    assert path.read_bytes().startswith(BEGINNINGS[form])


def test_an_unknown_format_is_refused_in_a_line(small, tmp_path):
    with pytest.raises(ValueError, match="svg, png, pdf, dot, mmd, puml"):
        render(small, tmp_path / "picture.bmp")


@pytest.mark.parametrize("draw", [to_svg, to_dot, to_mermaid, to_plantuml])
def test_a_picture_has_the_same_bytes_each_time(draw):
    assert draw(phases(build("tls13-client"))) == draw(phases(build("tls13-client")))


def test_an_svg_has_a_role_a_title_a_description_and_a_dark_side(small):
    root = ET.fromstring(to_svg(small))

    assert root.get("role") == "img"
    assert [root[0].tag, root[0].text, root[1].tag, root[1].text] == [
        f"{SVG}title", "A title", f"{SVG}desc", "In words.",
    ]  # fmt: skip
    assert "prefers-color-scheme: dark" in root[2].text


def test_every_colour_in_an_svg_has_one_for_a_dark_page(small):
    root = ET.fromstring(to_svg(small))
    used = {element.get(name) for element in root.iter() for name in ("fill", "stroke")} - {None, "none"}

    assert used <= set(theme.DARK)


def test_the_phases_fit_on_a_page():
    for name in ("tls12-client", "tls12-server", "tls13-client", "tls13-server"):
        root = ET.fromstring(machine_svg(build(name)))
        assert int(root.get("width")) <= 1400
        assert int(root.get("height")) <= 1300


def test_every_label_is_in_the_svg(small):
    shown = texts(to_svg(small))

    for label in [line.text for thing in (*small.nodes, *small.edges) for line in thing.lines]:
        assert label in shown


def test_hostile_text_stays_text_in_an_svg(hostile):
    root = ET.fromstring(to_svg(hostile))

    assert "<&>" in root.find(f"{SVG}title").text


def test_hostile_text_stays_text_in_dot(hostile):
    graph = pygraphviz.AGraph(string=to_dot(hostile))

    assert sorted(graph.nodes()) == ["a", "b"]
    assert len(graph.edges()) == 2


def test_hostile_text_adds_no_line_to_mermaid_or_plantuml(hostile):
    for text in (to_mermaid(hostile), to_plantuml(hostile)):
        assert "\x00" not in text
        assert "\x1b" not in text
        assert not any(line.strip() == "@enduml" for line in text.splitlines()[:-1])
        assert text.count("-->") >= 1
    body = to_mermaid(hostile).split("\n---\n")[1]
    assert not any(sign in body for sign in ("%%", "`", "&>", "\\n"))


def test_each_kind_of_node_and_edge_differs_without_colour(small):
    shapes = [(style.shape, style.style, style.rings) for style in theme.NODES.values()]
    lines = [(style.style, style.head) for style in theme.EDGES.values()]

    assert len(set(shapes)) == len(shapes)
    assert len(set(lines)) == len(lines)
    assert len({theme.DARK[colour] for colour in theme.DARK}) == len(theme.DARK)
    assert to_plantuml(small).count("<<") == len(small.nodes) - 1


def test_a_notebook_shows_machines_traces_and_diagrams(small):
    trace = full_handshake("tls13-server")

    assert show(trace)._repr_svg_() == sequence_svg(trace)
    assert show(small)._repr_svg_() == to_svg(small)
    assert show(build("tls13-server"))._repr_svg_() == machine_svg(build("tls13-server"))
