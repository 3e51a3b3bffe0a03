"""The targets of the fuzzers: the same decisions under Hypothesis, the command line, and what it sees."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz import pair, report, run, verdict
from fuzz.decisions import Decisions
from fuzz.deeds import DEEDS, Deed
from fuzz.pair import Hang
from fuzz.parsers import check_parser
from fuzz.stage import Point, Stage, points
from fuzz.targets import TARGETS, script
from fuzz.verdict import endure
from impl import AlertDescription, AlertLevel, Code, Role, contract, receive
from impl.codec.alert import Alert
from impl.codec.hello import ServerHello
from impl.record.stream import RecordReader

INPUTS = st.binary(max_size=240)
PAGE = f"# Page\n\n{report.BEGIN}\n{report.END}\n\nMore.\n"


@pytest.mark.parametrize("target", sorted(TARGETS))
@given(data=INPUTS)
def test_every_input_has_an_outcome(target, data):
    assert TARGETS[target](data)


@given(data=INPUTS)
def test_every_input_is_a_script(data):
    point, deeds = script(data)

    assert point in points()
    assert all(deed.name in DEEDS for deed in deeds)


def test_missing_bytes_are_zero():
    decisions = Decisions(b"\x01\x02\x03")

    assert [decisions.number(), decisions.number(3), decisions.some(), decisions.rest()] == [
        1,
        0x020300,
        b"",
        b"",
    ]
    assert not decisions


# That the harness sees what it is for: each of these breaks the implementation in one place.

CLIENT = Point("tls13", Role.CLIENT, 0)
HONEST = [Deed("honest record")] * 8


def test_an_exception_of_the_codec_is_seen(monkeypatch):
    monkeypatch.setattr(ServerHello, "parse", lambda _body: {}["missing"])

    with pytest.raises(KeyError):
        endure(CLIENT, HONEST)


def test_a_message_that_is_written_otherwise_than_read_is_seen(monkeypatch):
    monkeypatch.setattr(Alert, "body", lambda _alert: b"\x01\x01")

    assert check_parser("alert.Alert", b"\x01\x01")
    with pytest.raises(AssertionError, match="written"):
        check_parser("alert.Alert", b"\x02\x02")


def test_a_wrong_alert_is_seen(monkeypatch):
    wrong = (AlertLevel.FATAL, AlertDescription.INTERNAL_ERROR)
    monkeypatch.setattr(contract, "appropriate_alert", lambda _code: wrong)

    with pytest.raises(AssertionError, match="INTERNAL_ERROR"):
        endure(CLIENT, [Deed("message", b"", 20)])


def test_a_fatal_code_that_does_not_end_the_session_is_seen(monkeypatch):
    monkeypatch.setattr(contract.Memory, "fail", lambda _memory, refusal: refusal.code)

    with pytest.raises((AssertionError, AttributeError)):
        endure(CLIENT, [Deed("message", b"", 20)])


def test_memory_without_a_bound_is_seen(monkeypatch):
    kept = []
    feed = RecordReader.feed

    def hoard(self, data):
        kept.append(data)
        feed(self, data)

    monkeypatch.setattr(RecordReader, "feed", hoard)
    monkeypatch.setattr(RecordReader, "__slots__", (*RecordReader.__slots__, "kept"), raising=False)
    monkeypatch.setattr(RecordReader, "kept", kept, raising=False)

    with pytest.raises(AssertionError, match="holds"):
        endure(Point("tls13", Role.CLIENT, 7), [Deed("largest", b"x", 3)] * 80)


def test_a_call_that_is_to_be_repeated_for_ever_is_seen():
    stage = Stage(CLIENT)
    stage.victim.call = lambda _session: Code.WARNING_ALERT_RECEIVED

    with pytest.raises(AssertionError, match="more than"):
        verdict.run(stage, 0)


def test_a_call_that_never_returns_is_seen(monkeypatch):
    stage = Stage(CLIENT)

    def spin(memory):
        with suppress(BlockingIOError):
            memory.transport.pull(1)
        return Code.SUCCESS

    monkeypatch.setattr(receive, "_pull", spin)
    monkeypatch.setattr(pair, "MAX_PULLS", 1000)

    with pytest.raises(Hang):
        stage.victim.turn()


# The command line.


def test_the_command_line_runs_a_target_and_says_so_in_a_page(tmp_path, capsys):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    arguments = ["--target", "record", "--runs", "600", "--report", str(page), "--findings", str(tmp_path)]

    assert run.main(arguments) == 0
    assert "record: 600 runs, none failed" in capsys.readouterr().out
    text = page.read_text()
    assert "| record | 600 | 0 | `python -m fuzz.run --target record --runs 600 --seed 1` |" in text
    assert text.startswith("# Page\n")
    assert text.endswith("\n\nMore.\n")


def test_a_row_takes_the_place_of_its_targets_row(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(PAGE)
    for target, runs in (("session", 10), ("codec", 2000), ("session", 30)):
        report.update(page, report.Run(target, runs, 1, 2, 3, {"refused": runs}))
    rows = [line.split(" | ")[:2] for line in page.read_text().splitlines() if line.startswith("| ")]

    assert rows == [["| target", "runs"], ["| codec", "2,000"], ["| session", "30"]]


def test_a_page_without_the_table_is_refused(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing")

    with pytest.raises(ValueError, match=r"page\.md"):
        report.update(page, report.Run("codec", 1, 1, 1, 1, {}))


def test_an_input_can_be_run_again(tmp_path, capsys):
    kept = tmp_path / "input"
    kept.write_bytes(bytes(20))

    assert run.main(["--target", "session", "--replay", str(kept)]) == 0
    assert str(script(bytes(20))[0]) in capsys.readouterr().out


def test_a_missing_input_is_one_line_and_wrong_usage(tmp_path, capsys):
    assert run.main(["--target", "codec", "--replay", str(tmp_path / "none")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_run_that_fails_is_kept(tmp_path):
    broken = tmp_path / "sitecustomize.py"
    broken.write_text(
        "import impl.codec.alert as alert\n"
        "def parse(body):\n"
        "    return {}[body]\n"
        "alert.Alert.parse = staticmethod(parse)\n"
    )
    root = Path(run.__file__).parents[1]
    command = [sys.executable, "-m", "fuzz.run", "--target", "codec", "--runs", "3000"]
    done = subprocess.run(
        [*command, "--findings", str(tmp_path / "kept")],
        env={"PYTHONPATH": f"{tmp_path}:{root}", "PATH": ""},
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1, done.stdout
    assert "KeyError" in done.stdout
    assert list((tmp_path / "kept").glob("codec-crash-*"))
