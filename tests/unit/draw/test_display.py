"""Things show themselves in a notebook: a picture where one can be drawn, a table where not, and text."""

import builtins
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from tlsmodel.display import DRAWN_BY
from tlsmodel.draw import machine_svg, sequence_svg
from tlsmodel.draw.runs import full_handshake
from tlsmodel.explore.verdict import Counterexample, Verdict
from tlsmodel.hunt.finding import Finding
from tlsmodel.hunt.report import HuntReport, TargetReport
from tlsmodel.machine import Step, Trace, build
from tlsmodel.patterns import PATTERNS
from tlsmodel.spec.properties import PROPERTIES
from tlsmodel.spec.symbols import Output, Return, symbol

EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture
def without_graphviz(monkeypatch):
    """Nothing of Graphviz can be imported."""
    imported = builtins.__import__

    def refuse(name, *arguments):
        if name == "pygraphviz":
            raise ImportError(name)
        return imported(name, *arguments)

    monkeypatch.setattr(builtins, "__import__", refuse)


def handshake():
    return full_handshake("tls13-client")


def finding(title="A title"):
    trace = Trace("tls13-client", (Step(symbol("call handshake"), Output(Return("SUCCESS"))),))
    expected = (Output(Return("AGAIN", 0)),)
    return Finding("1", title, "zoo:X", "0.1", 7, trace, expected, "cause", ("8446 4",), True)


def test_a_machine_and_a_trace_are_pictures_with_text_beside_them():
    machine, trace = build("tls13-client"), handshake()

    assert machine._repr_mimebundle_() == {
        "image/svg+xml": machine_svg(machine), "text/plain": repr(machine),
    }  # fmt: skip
    assert trace._repr_mimebundle_() == {"image/svg+xml": sequence_svg(trace), "text/plain": str(trace)}


def test_a_finding_is_its_chart_with_the_departure():
    shown = finding()._repr_mimebundle_()

    assert "The last step departs from the model." in shown["image/svg+xml"]
    assert shown["text/plain"].splitlines()[-1] == "expected AGAIN (read)"


def test_a_finding_that_only_fits_a_bug_pattern_names_it():
    shown = replace(finding(), expected=(), patterns=("early-data",))._repr_mimebundle_()

    assert "departs from the model" not in shown["image/svg+xml"]
    assert shown["text/plain"].splitlines()[-1] == f"shows {PATTERNS['early-data'].title}"


def test_a_report_is_a_table_whose_findings_unfold():
    report = HuntReport(7, (TargetReport("zoo:X", "0.1", 3, 4, 9, 1.0, 5, 8, ((finding(EVIL), None),)),))
    page = report._repr_mimebundle_()["text/html"]
    root = ET.fromstring(f"<html>{page}</html>")

    assert [cell.text for cell in root.iter("td")] == ["zoo:X", "0.1", "3", "9", "5 of 8", "1", "0"]
    assert root.find("details/summary").text == f"zoo:X: {EVIL}"
    assert root.find("details/img").get("src").startswith("data:image/svg+xml;base64,")


def test_a_counterexample_is_its_chart_with_the_loop_that_goes_on_for_ever():
    trace = handshake()
    ended, endless = (Counterexample(trace, loop)._repr_mimebundle_() for loop in (None, 2))

    assert ended == {"image/svg+xml": sequence_svg(trace), "text/plain": str(trace)}
    assert "again and again" in endless["image/svg+xml"]
    assert "The steps from 3 on are taken again and again" in endless["image/svg+xml"]
    assert endless["text/plain"].splitlines()[2] == "    and from here for ever:"


def test_a_verdict_is_a_line_with_the_chart_of_a_counterexample():
    checked = PROPERTIES["server-proof-13"]
    held, broken = (
        Verdict(checked, "tls13-client", 1000, found)._repr_mimebundle_()
        for found in (None, Counterexample(handshake()))
    )

    assert held["text/html"] == f"<p>holds on tls13-client (1,000 states): {checked.sentence}</p>".replace(
        "'", "&#x27;"
    )
    assert broken["text/html"].startswith("<p>violated on tls13-client")
    assert "data:image/svg+xml;base64," in broken["text/html"]
    assert broken["text/plain"].endswith(str(handshake()))


def test_the_counterexample_of_a_pair_with_parameters_is_a_chart_of_both_ends():
    step = Step(symbol("call handshake"), Output(Return("AGAIN", 0)), (), "client")
    shown = Counterexample(Trace("tls13?auth=require&certificate=on", (step,)))._repr_mimebundle_()

    assert "client and server, a trace of 1 step" in shown["image/svg+xml"]


@pytest.mark.usefixtures("without_graphviz")
def test_without_graphviz_a_machine_is_a_table_that_says_what_to_install():
    shown = build("tls13-client")._repr_mimebundle_()
    root = ET.fromstring(f"<html>{shown['text/html']}</html>")

    assert "image/svg+xml" not in shown
    assert root.find("p").text == "pictures of machines need Graphviz: pip install pygraphviz"
    assert ["WAIT_SH", "deliver ServerHello", "advance", "WAIT_EE", "8446 4.1.3"] in [
        [cell.text for cell in row] for row in root.find("table/tbody")
    ]


@pytest.mark.usefixtures("without_graphviz")
def test_without_graphviz_traces_and_text_formats_still_work(tmp_path):
    from tlsmodel.draw import phases, render

    assert "image/svg+xml" in handshake()._repr_mimebundle_()
    for form in ("dot", "mmd", "puml"):
        render(phases(build("tls12-server")), tmp_path / f"x.{form}")
        assert (tmp_path / f"x.{form}").stat().st_size > 1000


def test_every_class_of_the_table_is_drawn():
    assert set(DRAWN_BY) >= {*("Machine", "Trace", "Counterexample", "Verdict", "Finding", "HuntReport")}
