"""The command line, run as a user runs it: exit statuses, one line for a fault, JSON and nothing else."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

import pytest

COMMAND = [sys.executable, "-m", "tlsmodel"]


def run(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, timeout=280, check=False, **options
    )


@pytest.mark.parametrize(
    "arguments, fault",
    [
        (["nonsense"], "No such command"),
        (["explore"], "give a machine, or --serve"),
        (["explore", "tls99", "--serve"], "unknown machine 'tls99'"),
        (["page", "-o", "x.html", "--machine", "tls99"], "unknown machine 'tls99'"),
        (
            ["page", "-o", "/nowhere/x.html", "--machine", "tls13-server:handshake"],
            "/nowhere/x.html: No such",
        ),
        (["page", "-o", "x.html", "--verdicts", "/nowhere.json"], "/nowhere.json: No such file or directory"),
        (["explore", "tls99-client"], "unknown machine 'tls99-client'"),
        (["explore", "tls13-client", "--set", "inbox"], "give key=value"),
        (["explore", "tls13-client", "--set", "inbox=99"], "from 1 to 8"),
        (["explore", "tls13-client", "--set", "colour=1"], "unknown setting 'colour'"),
        (["explore", "tls13-client:handshake", "--set", "inbox=2"], "has phases and messages only"),
        (["draw", "tls13-client", "-o", "x.gif"], "'x.gif': draw to a file that ends in"),
        (["draw", "tls13-client", "-o", "/nowhere/x.svg"], "/nowhere/x.svg: No such file or directory"),
        (["draw", "tls13-client", "-o", "x.svg", "--view", "full"], "states"),
        (["draw", "-o", "x.svg"], "give one machine, or --all"),
        (["draw", "tls13-client", "-o", "x.svg", "--highlight", "/nowhere"], "/nowhere/finding.json"),
        (["export", "tls13-client", "--to", "word"], "is not one of"),
        (["export", "tls13-client", "--to", "promela"], "unknown pair 'tls13-client'"),
        (["export", "tls13", "--to", "promela", "--property", "no-livelock"], "speaks of single sessions"),
        (["export", "tls13-client", "--to", "json", "--set", "inbox=2"], "go with --to promela"),
        (["hunt", "--target", "nss"], "unknown target 'nss'"),
        (["hunt", "--target", "zoo:T99"], "unknown bug"),
        (["hunt", "--scenario", "dtls13-client"], "unknown machine"),
        (["hunt", "--seconds", "0"], "seconds"),
        (["hunt", "--bogus"], "No such option"),
        (["replay", "/nowhere"], "/nowhere/finding.json"),
        (["connect", "localhost"], "is not HOST:PORT"),
        (["connect", "localhost:99999"], "is not HOST:PORT"),
        (["connect", "localhost:4433", "--insecure", "--record-size-limit", "9"], "64 to 16385"),
        (["connect", "localhost:4433", "--renegotiation", "never"], "'never' is not one of"),
        (["serve", "127.0.0.1:4433", "--late-auth", "require"], "need --client-ca"),
        (["serve", "127.0.0.1:0"], "is not HOST:PORT"),
        (["serve", "127.0.0.1:4433", "--cert", "/nowhere.pem"], "--cert and --key go together"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(tmp_path, arguments, fault):
    finished = run(*arguments, cwd=tmp_path, env=os.environ | {"PYTHONPATH": os.getcwd()})

    assert finished.returncode == 2
    assert fault in finished.stderr
    assert len(finished.stderr.splitlines()) == 1
    assert finished.stdout == ""


def test_machines_lists_every_machine_with_its_size():
    machines = json.loads(run("machines", "--json").stdout)["machines"]

    assert {"tls12-client", "tls12-server", "tls13-client", "tls13-server", "tls12", "tls13"} <= {
        item["name"] for item in machines
    }
    assert all(item["states"] > 3 and item["transitions"] > 50 and item["inputs"] for item in machines)


@pytest.mark.parametrize("name", ["tls13-client", "tls13"])
def test_explore_answers_with_the_keys_of_the_design(name):
    space = json.loads(run("explore", name, "--json").stdout)

    assert space.keys() >= {"machine", "states", "transitions", "depth", "deadlocks", "seconds"}
    assert space["deadlocks"] == []


def test_a_larger_setting_gives_a_larger_machine():
    small, large = (
        json.loads(run("explore", "tls12-server", "--json", *extra).stdout)["states"]
        for extra in ([], ["--set", "warnings=2"])
    )

    assert large > small


@pytest.mark.parametrize("suffix", [".svg", ".png", ".pdf", ".dot", ".mmd", ".puml"])
def test_draw_writes_every_format(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    finished = run("draw", "tls13-client", "-o", str(path), "--json")

    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout)["nodes"] >= 10
    assert path.stat().st_size > 500


def test_draw_needs_no_graphviz_of_the_system(tmp_path):
    path = tmp_path / "x.svg"
    bare = {"PATH": "/nowhere", "PYTHONPATH": os.getcwd(), "HOME": str(tmp_path)}
    finished = run("draw", "tls13-client", "-o", str(path), env=bare)

    assert finished.returncode == 0, finished.stderr
    assert "WAIT_CERT_CR" in path.read_text()


@pytest.mark.parametrize(
    "form, sign", [("json", "{"), ("graphml", "<"), ("dot", "digraph"), ("mermaid", "---")]
)
def test_export_writes_to_standard_output(form, sign):
    finished = run("export", "tls13-server:handshake", "--to", form)

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith(sign)


def test_export_writes_a_pair_with_its_properties_for_spin():
    finished = run("export", "tls13", "--to", "promela", "--property", "agreement", "--set", "attacker=1")

    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.startswith("/* tls13: a client and a server, ")
    assert "attacker=1" in finished.stdout.splitlines()[0]
    assert "ltl agreement { [] (" in finished.stdout


def test_the_zoo_is_listed_with_references():
    bugs = json.loads(run("zoo", "--json").stdout)["bugs"]

    assert len(bugs) >= 13
    assert all(bug.keys() >= {"id", "title", "reference", "role", "version"} for bug in bugs)


def test_hunt_replay_and_highlight_go_together(tmp_path):
    where = ("--scenario", "tls13-server", "--examples", "600", "--seed", "1", "--out", str(tmp_path))
    hunted = run("hunt", "--target", "zoo:M06", *where, "--json")
    report = json.loads(hunted.stdout)
    finding = report["targets"][0]["findings"][0]

    assert hunted.returncode == 1
    assert report["targets"][0].keys() >= {"version", "examples", "steps", "transitions_covered"}
    assert finding.keys() >= {
        "id",
        "title",
        "scenario",
        "steps",
        "expected",
        "observed",
        "known",
        "directory",
    }
    assert run("replay", finding["directory"]).returncode == 1
    picture = tmp_path / "path.svg"
    assert (
        run("draw", "tls13-server", "-o", str(picture), "--highlight", finding["directory"]).returncode == 0
    )
    assert "✗" in picture.read_text()


def test_an_interrupted_hunt_keeps_what_it_has_and_says_so(tmp_path):
    process = subprocess.Popen(
        [
            *COMMAND,
            "hunt",
            "--target",
            "impl",
            "--scenario",
            "tls13-client",
            "--seconds",
            "60",
            "--out",
            str(tmp_path),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline().startswith("seed ")
    time.sleep(6)
    process.send_signal(signal.SIGINT)
    said, faults = process.communicate(timeout=200)

    assert process.returncode == 130
    assert "interrupted" in said
    assert "Traceback" not in faults


def test_a_closed_pipe_is_no_fault():
    finished = subprocess.run(
        f"{sys.executable} -m tlsmodel export tls12-client --to json | head -c 10",
        shell=True,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )

    assert finished.stderr == ""


def test_a_refused_connection_is_one_line():
    finished = run("connect", "127.0.0.1:1", "--insecure")

    assert finished.returncode == 2
    assert len(finished.stderr.splitlines()) == 1


ABSENT = """
import ctypes, sys

def absent(name, *_, **__):
    raise OSError(f"{name}: cannot open shared object file")

ctypes.CDLL = absent
sys.argv = ["tlsmodel", *sys.argv[1:]]
from tlsmodel.cli.main import run
run()
"""


def without_libgnutls(*arguments):
    """Run the command where no shared library can be loaded by name."""
    return subprocess.run(
        [sys.executable, "-c", ABSENT, *arguments], capture_output=True, text=True, timeout=280, check=False
    )


def test_a_missing_libgnutls_is_one_line_and_status_3():
    finished = without_libgnutls("hunt", "--target", "gnutls")

    assert finished.returncode == 3
    assert finished.stderr.splitlines() == [
        "tlsmodel: libgnutls is not installed: install the package libgnutls30 (Debian, Ubuntu)"
    ]


def test_a_hunt_that_names_no_target_goes_on_without_libgnutls(tmp_path):
    finished = without_libgnutls(
        "hunt", "--examples", "5", "--seed", "1", "--scenario", "tls13-server", "--out", str(tmp_path)
    )

    assert finished.returncode == 0, finished.stderr
    assert "install the package libgnutls30 (Debian, Ubuntu); going on without it" in finished.stdout


def test_page_writes_one_file_that_needs_nothing_else(tmp_path):
    out = tmp_path / "explorer.html"
    finished = run("page", "-o", str(out), "--machine", "tls13-server:handshake", "--json")

    assert json.loads(finished.stdout) == {"file": str(out), "bytes": out.stat().st_size}
    document = out.read_text("utf-8")
    assert "tls13-server:handshake" in document
    assert not re.search(
        r"(src|href)=[\"']?(https?:)?//|import .* from", document.partition("tlsmodel-data")[0]
    )


def test_explore_serves_the_page_on_the_loopback_address_only():
    command = [*COMMAND, "explore", "tls13-server:handshake", "--serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            url = process.stdout.readline().split()[0]
            assert url.startswith("http://127.0.0.1:")
            with urllib.request.urlopen(url, timeout=30) as answer:
                assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
                assert b"tls13-server:handshake" in answer.read()
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{url}etc/passwd", timeout=30)
            with socket.socket() as elsewhere, pytest.raises(OSError):
                elsewhere.connect(("127.0.0.2", int(url.rsplit(":", 1)[1].strip("/"))))
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 130


def test_bug_patterns_are_listed_with_their_sources():
    patterns = json.loads(run("patterns", "--json").stdout)["patterns"]

    assert len(patterns) > 50
    assert all(pattern["sentence"] and pattern["cite"] and pattern["severity"] for pattern in patterns)


def test_a_learned_machine_is_searched_for_published_patterns(tmp_path):
    tmp_path.joinpath("learned.dot").write_text('digraph g { a -> a [label="X / Y"]; __start0 -> a; }')
    tmp_path.joinpath("p.dot").write_text(
        "digraph g { a [color=red]; b [shape=doublecircle]; a -> a [label=other]; a -> b [label=O_Y] }"
    )
    listing = "<a><bugPattern><name>Y</name><bugLanguage>p.dot</bugLanguage></bugPattern></a>"
    tmp_path.joinpath("patterns.xml").write_text(listing)

    found = run(
        "patterns", "--learned", str(tmp_path / "learned.dot"), "--published", str(tmp_path), "--json"
    )

    assert found.returncode == 1
    assert [match["title"] for match in json.loads(found.stdout)["matches"]] == ["Y"]


def test_a_report_says_input_by_input_what_a_machine_answers():
    found = json.loads(run("explore", "tls12-client:handshake", "--report", "--json").stdout)

    assert found["minimal_states"] <= found["states"]
    assert found["unreachable_phases"] == []
    assert {"input", "unanswered", "determined", "open"} <= found["inputs"][0].keys()
    assert "call handshake" in run("explore", "tls12-client:handshake", "--report").stdout


def test_machines_that_differ_are_told_apart_with_status_1_and_a_trace():
    alike = run("compare", "tls12-client:handshake", "tls12-client:handshake", "--json")
    other = run("compare", "tls12-client:handshake", "tls13-client:handshake", "--json")

    assert (alike.returncode, json.loads(alike.stdout)["equivalent"]) == (0, True)
    assert (other.returncode, json.loads(other.stdout)["equivalent"]) == (1, False)
    assert json.loads(other.stdout)["trace"]["steps"]
