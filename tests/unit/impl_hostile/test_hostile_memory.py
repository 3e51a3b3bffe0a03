"""What a session holds, and what a call needs while it runs, stays within what `impl.limits` states."""

import time
from contextlib import nullcontext
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import settings

from fuzz.deeds import Deed
from fuzz.endless import ENDLESS, Supply
from fuzz.footprint import allocations, footprint
from fuzz.inflate import LONGEST, inflate
from fuzz.pair import Wire
from fuzz.scenarios import SCENARIOS
from fuzz.stage import Point, Stage, distinct_points
from fuzz.verdict import run
from impl import Code, Config, Role, Session
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions, KeyShareEntry, build_key_share_client, build_supported_groups
from impl.codec.hello import ClientHello
from impl.limits import MAX_CALL_MEMORY, MAX_PATH, MAX_SESSION_MEMORY

DEEP = settings().max_examples >= 1000
HEAVIEST = [
    ("dtls12-small", Role.SERVER),
    ("dtls12-status", Role.CLIENT),
    ("tls12-client-auth", Role.CLIENT),
    ("tls12-client-auth", Role.SERVER),
    ("tls13-retry", Role.SERVER),
    ("tls13-proof", Role.CLIENT),
]
SIDES = sorted(product(SCENARIOS, Role)) if DEEP else HEAVIEST
"""Who is measured: by default those of whom most is asked, for it takes long."""


def walk(name, role, form, spared, *, measured):
    """Inflate every message that can grow, but for the first `spared`; return what was held and allocated."""
    stage = Stage(Point(name, role, 0))
    stage.exchange()
    held, most = [0], [0]
    while (said := stage.next_said()) is not None:
        header = 12 if stage.pair.datagram else 4
        grows = bool(inflate(said.fragment[0], said.fragment[header:]))
        if not grows or spared:
            spared -= grows
            if not stage.advance() or stage.victim.session.failure:
                break
            continue
        pieces = Deed("inflated message", b"", form).pieces(stage)
        stage.victim.wire.incoming.extend(pieces)
        with allocations() if measured else nullcontext([0]) as found:
            code = run(stage, sum(map(len, pieces)))
        held.append(footprint(stage.victim.session))
        most.append(found[0])
        if code is not None:
            break
    return max(held), max(most)


def walks(name, role, *, measured):
    """Return the most that was held and allocated over all forms of the messages."""
    found = [walk(name, role, *how, measured=measured) for how in product(range(LONGEST), range(2))]
    return max(held for held, _ in found), max(most for _, most in found)


@pytest.mark.parametrize(("name", "role"), SIDES)
def test_of_messages_as_long_as_they_may_be_no_more_is_held_than_stated(name, role):
    held, _ = walks(name, role, measured=False)

    assert held <= MAX_SESSION_MEMORY


@pytest.mark.parametrize(("name", "role"), SIDES if DEEP else [HEAVIEST[0], HEAVIEST[4]])
def test_reading_them_takes_no_more_memory_than_stated(name, role):
    _, most = walks(name, role, measured=True)

    assert most <= MAX_CALL_MEMORY


@pytest.mark.parametrize("kind", ["largest data", "largest handshake", "empty data", "new tickets"])
def test_reading_endless_streams_does_not_either(kind):
    peaks = {}
    for point in distinct_points()[:: 1 if DEEP else 16]:
        stage = Stage(point)
        stage.victim.wire.incoming = Supply(stage, ENDLESS[kind], 20)
        with allocations() as found:
            run(stage, 10**6)
        peaks[str(point)] = found[0]

    assert max(peaks.values()) <= MAX_CALL_MEMORY, peaks


def test_the_measure_sees_what_is_held():
    session = Session(Config(Role.CLIENT), Wire())
    empty = footprint(session)
    session._memory.received.append(bytes(10**6))
    session._memory.received.append(list(range(10**9, 10**9 + 1000)))

    assert footprint(session) - empty > 10**6 + 1000 * 28


def test_the_limits_are_near_enough_to_what_is_needed_to_mean_something():
    held = walk("dtls12-status", Role.CLIENT, 0, 1, measured=False)[0]
    most = walk("dtls12", Role.SERVER, 0, 0, measured=True)[1]

    assert held > MAX_SESSION_MEMORY / 2
    assert most > MAX_CALL_MEMORY / 2


def test_handshake_after_handshake_does_not_lengthen_what_is_remembered():
    pair = SCENARIOS["tls12"].open()
    pair.run()
    held = []
    for _ in range(60):
        pair.client.call = pair.server.call = Session.handshake
        pair.run()
        held.append(footprint(pair.server.session))

    assert pair.server.session.path.count("CONNECTED") > 40
    assert len(pair.server.session.path) == MAX_PATH
    assert held[-1] == held[-5]


def test_a_hello_with_thousands_of_shares_takes_time_in_proportion():
    def seconds(count):
        stage = Stage(Point("tls13", Role.SERVER, 0))
        stage.exchange()
        hello = ClientHello.parse(stage.next_said().fragment[4:])
        groups = range(0x2000, 0x2000 + count)
        lists = {
            ExtensionType.SUPPORTED_GROUPS: build_supported_groups(groups)[1],
            ExtensionType.KEY_SHARE: build_key_share_client([KeyShareEntry(g, b"x") for g in groups])[1],
        }
        hello = replace(hello, extensions=Extensions((dict(hello.extensions) | lists).items()))
        body = hello.body()
        message = stage.pen.message(1, body)
        pieces = stage.pen.records(22, *(message[i : i + 2**14] for i in range(0, len(message), 2**14)))
        stage.victim.wire.incoming.extend(pieces)
        before = time.process_time()
        assert run(stage, len(body)) is Code.NO_COMMON_KEY_SHARE
        return time.process_time() - before

    few, many = (min(seconds(count) for _ in range(5)) for count in (900, 9000))

    assert many < 40 * few, "ten times as many take a hundred times as long"
