"""`tlsmodel check` as a user runs it."""

import json
import signal
import subprocess
import sys
import time

import pytest

COMMAND = [sys.executable, "-m", "tlsmodel", "check"]
LARGE = ["--set", "renewals=2", "--set", "channel=3"]


def run(*arguments):
    return subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, timeout=250, check=False)


def test_what_holds_is_said_with_the_number_of_states_and_status_0():
    found = run("tls13-server", "--json")

    said = json.loads(found.stdout)
    assert found.returncode == 0
    assert said["finished"]
    assert {item["verdict"] for item in said["properties"]} == {"holds"}
    assert all(item["states"] > 100 and item["trace"] == [] for item in said["properties"])
    assert {"dead-after-fatal", "binder-checked"} <= {item["name"] for item in said["properties"]}


def test_a_bug_is_told_with_a_sentence_a_shortest_trace_and_status_1():
    found = run("tls13-client", "--property", "server-proof-13", "--with-bug", "T19")

    lines = found.stdout.splitlines()
    assert found.returncode == 1
    assert lines[0].split()[:3] == ["violated", "server-proof-13", "tls13-client"]
    assert "only with" in lines[1]
    assert lines[-1].endswith("SUCCESS !Finished")
    assert any("deliver Finished" in line for line in lines)


def test_a_violation_in_json_carries_its_steps_with_the_rows_that_explain_them():
    found = run("tls13-client", "--property", "server-proof-13", "--with-bug", "T19", "--json")

    (item,) = json.loads(found.stdout)["properties"]
    assert item["verdict"] == "violated"
    assert any("tls13.client.phase/WAIT_CERT_CR/Finished" in step["rows"] for step in item["trace"])


@pytest.mark.parametrize(
    "arguments, fault",
    [
        (["tls99"], "none of these properties speaks of 'tls99'"),
        (["tls13-client", "--property", "nonsense"], "unknown property 'nonsense'"),
        (["tls13-client", "--with-bug", "T99"], "unknown bug 'T99'"),
        (["tls13-client", "--set", "inbox"], "give key=value"),
        (["tls13-client", "--set", "inbox=0"], "from 1 to 8"),
        (["tls13", "--property", "agreement", "--memory", "16", *LARGE], "undecided within 16 MiB"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments, fault):
    found = run(*arguments)

    assert found.returncode == 2
    assert fault in found.stderr
    assert found.stderr.count("\n") == 1


def test_an_interrupted_check_keeps_the_verdicts_that_it_has():
    with subprocess.Popen(
        [*COMMAND], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    ) as running:
        first = running.stdout.readline()
        time.sleep(0.2)
        running.send_signal(signal.SIGINT)
        rest, fault = running.communicate(timeout=200)

    assert first.startswith("holds")
    assert running.returncode == 130
    assert f"interrupted after {1 + rest.count('states')} verdicts" in fault
    assert "Traceback" not in fault
