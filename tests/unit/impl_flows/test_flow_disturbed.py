"""Blocked, interrupted and partial reads and writes: the same bytes leave as without them, and no others."""

from collections import Counter

import pytest
from flow_support import TLS12, TLS13, of_version

from impl import Code, Received, Sent

VERSIONS = [TLS12, TLS13]
DIRECTIONS = {"push": 1, "pull": 0}
DATA = b"application data" * 100


def conversation(made, trouble):
    """Shake hands, exchange data, change keys in TLS 1.3, close both sides; returns what was read."""
    client, server = made.client, made.server
    codes = {client: Code.AGAIN, server: Code.AGAIN}
    for _ in range(20_000):
        for session, code in codes.items():
            if code is not Code.SUCCESS:
                codes[session] = session.handshake()
                if codes[session] is not Code.SUCCESS:
                    assert not codes[session].is_fatal
                    trouble.append((codes[session], session.record_get_direction()))
        if set(codes.values()) == {Code.SUCCESS}:
            break

    heard = {client: b"", server: b""}

    def say(session, call):
        for _ in range(20_000):
            result = call()
            if result is Code.SUCCESS or isinstance(result, Sent):
                return
            assert result in (Code.AGAIN, Code.INTERRUPTED)
            trouble.append((result, session.record_get_direction()))

    def hear(session, length):
        while len(heard[session]) < length:
            result = session.record_recv()
            if isinstance(result, Received):
                heard[session] += result.data
            else:
                assert result in (Code.AGAIN, Code.INTERRUPTED)
                trouble.append((result, session.record_get_direction()))

    say(client, lambda: client.record_send(DATA))
    hear(server, len(DATA))
    if client.parameters.version is TLS13:
        say(client, client.handshake)
    say(client, lambda: client.record_send(DATA))
    hear(server, 2 * len(DATA))
    say(server, lambda: server.record_send(DATA))
    hear(client, len(DATA))
    say(client, client.bye)
    say(server, server.bye)
    for session in (client, server):
        while True:
            result = session.record_recv()
            if isinstance(result, Received):
                assert result == Received(b"")
                break
            trouble.append((result, session.record_get_direction()))
    return heard[client], heard[server]


def undisturbed(version):
    made = of_version(version)
    trouble = []
    heard = conversation(made, trouble)
    assert all(direction == 0 for _, direction in trouble)
    return made, heard


def wire_bytes(made):
    return bytes(made.client_wire.written), bytes(made.server_wire.written)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("side", ["client_wire", "server_wire"])
@pytest.mark.parametrize("kind", ["push", "pull"])
@pytest.mark.parametrize("fault, code", [(BlockingIOError, Code.AGAIN), (InterruptedError, Code.INTERRUPTED)])
def test_a_fault_at_any_one_read_or_write_changes_no_byte(version, side, kind, fault, code):
    calm, heard = undisturbed(version)
    for number in range(getattr(calm, side).counts[kind]):
        made = of_version(version)
        getattr(made, side).faults[kind, number] = fault
        trouble = []

        assert conversation(made, trouble) == heard
        assert wire_bytes(made) == wire_bytes(calm)
        assert (code, DIRECTIONS[kind]) in trouble


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("portion", [1, 2, 5, 7, 1000])
def test_reads_and_writes_of_few_bytes_change_no_byte(version, portion):
    calm, heard = undisturbed(version)
    made = of_version(version)
    made.client_wire.portion = made.server_wire.portion = portion

    assert conversation(made, []) == heard
    assert wire_bytes(made) == wire_bytes(calm)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_fault_at_every_second_read_and_write_of_single_bytes_changes_no_byte(version):
    calm, heard = undisturbed(version)
    made = of_version(version)
    for wire in (made.client_wire, made.server_wire):
        wire.portion = 1
        for number in range(0, 40_000, 2):
            wire.faults["push", number] = (BlockingIOError, InterruptedError)[number // 2 % 2]
            wire.faults["pull", number] = (BlockingIOError, InterruptedError)[number // 2 % 2]
    trouble = []

    assert conversation(made, trouble) == heard
    assert wire_bytes(made) == wire_bytes(calm)
    assert set(Counter(trouble)) == {
        (code, direction) for code in (Code.AGAIN, Code.INTERRUPTED) for direction in (0, 1)
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_flight_leaves_in_one_write(version):
    made = of_version(version)
    made.handshake()

    assert made.client_wire.counts["push"] == 2
    assert made.server_wire.counts["push"] == {TLS12: 2, TLS13: 1}[version]


def test_a_blocked_write_is_not_begun_again_by_other_data():
    made = of_version(TLS13)
    made.handshake()
    made.client_wire.faults["push", made.client_wire.counts["push"]] = BlockingIOError

    assert made.client.record_send(b"first") is Code.AGAIN
    assert made.client.record_get_direction() == 1
    assert made.client.record_send(b"first") == Sent(5)
    assert made.server.record_recv() == Received(b"first")
    assert made.server.record_recv() is Code.AGAIN


def test_a_blocked_key_update_goes_on_and_is_not_sent_twice():
    made = of_version(TLS13)
    made.handshake()
    made.client_wire.faults["push", made.client_wire.counts["push"]] = InterruptedError
    written = len(made.client_wire.written)

    assert made.client.handshake() is Code.INTERRUPTED
    assert made.client.record_send(b"data") == Sent(4)
    assert made.client.handshake() is Code.SUCCESS
    assert made.server.record_recv() == Received(b"data")
    assert len(made.client_wire.written) - written == (5 + 5 + 1 + 16) + (5 + 4 + 1 + 16)


def test_a_blocked_alert_goes_on_and_is_not_sent_twice():
    made = of_version(TLS13)
    made.handshake()
    made.client_wire.faults["push", made.client_wire.counts["push"]] = BlockingIOError
    written = len(made.client_wire.written)

    assert made.client.bye() is Code.AGAIN
    assert made.client.bye() is Code.SUCCESS
    assert made.client.bye() is Code.SUCCESS
    assert len(made.client_wire.written) - written == 5 + 2 + 1 + 16


@pytest.mark.parametrize(
    "kind, error, code",
    [
        ("push", OSError, Code.PUSH_ERROR),
        ("push", ConnectionResetError, Code.PREMATURE_TERMINATION),
        ("pull", OSError, Code.PULL_ERROR),
        ("pull", ConnectionResetError, Code.PULL_ERROR),
    ],
)
def test_a_broken_transport_is_fatal(kind, error, code):
    made = of_version(TLS12)
    made.client_wire.faults[kind, 0] = error

    assert made.client.handshake() is code
    assert made.client.handshake() is Code.INVALID_SESSION


def test_a_transport_that_takes_nothing_is_an_error_and_no_endless_loop():
    made = of_version(TLS12)
    made.client_wire.portion = 0

    assert made.client.handshake() is Code.PUSH_ERROR
