"""Every parser of the codec against bytes that nobody sane would send."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fuzz.deeds import mutate
from fuzz.parsers import check_kept, check_parser, parsers
from fuzz.stage import sayings
from impl import ProtocolVersion
from impl.codec.messages import MESSAGES

NAMES = sorted(parsers())
SCRIPTS = st.binary(max_size=40)
SLOW = 2.0
"""Seconds: what is linear takes some milliseconds, what is quadratic takes minutes."""


@pytest.mark.parametrize("name", NAMES)
@given(data=st.binary(max_size=120))
def test_a_parser_refuses_arbitrary_bytes_or_understands_them(name, data):
    check_parser(name, data)


@pytest.mark.parametrize("name", NAMES)
@given(number=st.integers(0, 10**6), script=SCRIPTS)
def test_a_parser_stands_changed_messages_of_honest_peers(name, number, script):
    said = sayings()[number % len(sayings())]
    check_parser(name, mutate(said.fragment[4:], script))
    check_parser(name, mutate(said.fragment[12:], script))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("unit", [b"\x00", b"\xff", b"\x00\x01", b"\x00\x00", b"\x00\x04\x00\x01\x01\x01"])
def test_a_parser_needs_no_more_time_for_long_lists_than_they_are_long(name, unit):
    body = (unit * 40_000)[:65_533]
    before = time.perf_counter()
    for width in (1, 2, 3):
        check_parser(name, len(body).to_bytes(3)[-width:] + body)
    check_parser(name, body)

    assert time.perf_counter() - before < SLOW


@pytest.mark.parametrize("version", list(MESSAGES))
def test_the_bodies_of_honest_messages_are_understood_in_every_truncation_or_refused(version):
    understood = set()
    for said in sayings():
        message = MESSAGES[version].get(said.fragment[0])
        if said.content_type != 22 or message is None:
            continue
        names = [name for name, parse in parsers().items() if parse == message.parse]
        for end in range(4, len(said.fragment) + 1):
            if check_parser(names[0], said.fragment[4:end]) and end == len(said.fragment):
                understood.add(said.fragment[0])

    assert {1, 2, 11, 20} <= understood
    assert (24 in understood) is (version is ProtocolVersion.TLS13)


@given(data=st.binary(max_size=200))
def test_damaged_sessions_and_forged_tickets_are_no_sessions(data):
    check_kept(data)
