"""Causes, groups and sentences: which symptoms are one bug, how bad it is, and what the model demanded."""

import pytest

from tlsmodel.hunt.cause import Kind, cause_of, kind_of, pattern_cause
from tlsmodel.hunt.sentences import demand
from tlsmodel.machine import Departure, build
from tlsmodel.patterns import PATTERNS, Severity
from tlsmodel.spec.symbols import HANDSHAKE, RECORD_RECV, Output, Return, emissions

FATAL = Output(Return("ANY_FATAL"), emissions(["Alert.fatal.unexpected_message"]))
WAITS = Output(Return("AGAIN", 0))
SENDS = Output(Return("AGAIN", 0), emissions(["ClientHello"]))


def departure(expected, observed, rows=(), given=HANDSHAKE, phase="WAIT_SH"):
    return Departure(given, tuple(expected), observed, tuple(rows), phase)


@pytest.mark.parametrize(
    "expected, observed, kind",
    [
        ([FATAL], WAITS, Kind.ACCEPTED),
        ([FATAL], Output(Return("SUCCESS")), Kind.ACCEPTED),
        ([WAITS], Output(Return("UNEXPECTED_PACKET")), Kind.REFUSED),
        ([WAITS], Output(Return("SPINS")), Kind.HANGS),
        ([WAITS], Output(Return("AGAIN", 1)), Kind.DIRECTION),
        ([WAITS], SENDS, Kind.SENT),
        ([FATAL], Output(Return("E9"), emissions(["Alert.fatal.internal_error"])), Kind.ALERT),
        ([FATAL], Output(Return("E9")), Kind.ALERT),
        ([WAITS], Output(Return("INTERRUPTED", 0)), Kind.CODE),
        ([FATAL, WAITS], Output(Return("SUCCESS")), Kind.CODE),
    ],
)
def test_the_most_telling_difference_names_the_kind(expected, observed, kind):
    assert kind_of(departure(expected, observed)) is kind


def test_the_same_message_accepted_in_several_phases_and_roles_is_one_bug():
    rows = [
        ("tls12-client", "WAIT_CERT", "tls12.client.phase/WAIT_CERT/ChangeCipherSpec"),
        ("tls12-client", "WAIT_SKE", "tls12.client.phase/WAIT_SKE/ChangeCipherSpec[exchange=ecdhe]"),
        ("tls12-server", "WAIT_CKE", "tls12.server.phase/WAIT_CKE/ChangeCipherSpec"),
    ]
    found = {
        cause_of(name, departure([FATAL], WAITS, ["contract/handshake/PULL/message", row], phase=phase))
        for name, phase, row in rows
    }

    assert len(found) == 3
    assert {str(cause.group) for cause in found} == {"ChangeCipherSpec is accepted where it must be refused"}
    assert {cause.id for cause in found} == {next(iter(found)).group.id}


@pytest.mark.parametrize(
    "rows, trigger",
    [
        (["contract/handshake/FLUSH/blocked"], "a write that would block"),
        (["contract/handshake/ENTER/unfinished", "contract/handshake/FLUSH/flushed"], "an interrupted write"),
        (["contract/record_recv/ENTER/failed"], "a failure"),
        (["contract/record_recv/ENTER/ready"], "record_recv()"),
        ([], "record_recv()"),
    ],
)
def test_what_no_message_sets_off_is_named_by_the_disturbance_or_the_call(rows, trigger):
    cause = cause_of("tls13-client", departure([WAITS], SENDS, rows, given=RECORD_RECV))

    assert cause.group.trigger == trigger


def test_severity_follows_the_kind():
    def severity(expected, observed):
        return cause_of("tls13-client", departure(expected, observed)).group.severity

    assert severity([FATAL], WAITS) is Severity.SECURITY
    assert severity([WAITS], SENDS) is Severity.CONTRACT
    assert severity([FATAL], Output(Return("E9"))) is Severity.ALERT


def test_a_pattern_is_a_cause_of_its_own():
    pattern = PATTERNS["early-data"]
    cause = pattern_cause("tls13-client", "WAIT_SH", HANDSHAKE, pattern)

    assert cause.group.kind is Kind.PATTERN
    assert str(cause.group) == pattern.sentence.rstrip(".")


@pytest.mark.parametrize(
    "name", ["tls12-client", "tls12-server", "tls13-client", "tls13-server", "dtls12-server"]
)
def test_every_row_demands_something_in_a_sentence(name):
    machine = build(name)
    rows = [row for row in machine.rows if not row.startswith("dtls12.flight")]

    assert [row for row in rows if not demand([row], machine.rows).endswith(".")] == []


def test_the_last_telling_row_demands():
    machine = build("tls13-client")
    rows = ["contract/handshake/PULL/message", "tls13.client.phase/WAIT_CERT_CR/Finished"]

    assert demand(rows, machine.rows) == machine.rows[rows[1]].choice.sentence
    assert demand(["nothing"], machine.rows) == ""
