"""Real sessions over networks that lose, reorder, duplicate and refuse: every feature gets through them."""

from __future__ import annotations

from errno import EMSGSIZE

import pytest
from dtls_sessions import START, DatagramTransport, Ends, certified_key
from dtls_support import records
from hypothesis import given
from hypothesis import strategies as st

from impl import ClientAuth, Code, MemoryStore, Received, TicketKeys

fates = st.lists(st.sampled_from(["deliver", "lose", "split", "delay", "duplicate", "damage"]), max_size=40)


class Weather:
    """A network whose fate for each datagram comes from a list; when that is used up, it is perfect."""

    def __init__(self, fates: list[str]) -> None:
        self._fates = list(fates)
        self._delayed: dict[str, list[bytes]] = {"c": [], "s": []}

    def __call__(self, side: str, datagram: bytes) -> list[bytes]:
        fate = self._fates.pop() if self._fates else "deliver"
        if fate == "lose":
            return []
        if fate == "delay":
            self._delayed[side].append(datagram)
            return []
        if fate == "split":
            return records(datagram)[::-1]
        if fate == "damage":
            return [datagram[:-1] + bytes((datagram[-1] ^ 1,))] if datagram[4] else []
        delayed, self._delayed[side] = self._delayed[side], []
        return [datagram] * (2 if fate == "duplicate" else 1) + delayed


FEATURES = {
    "nothing special": ({}, {}),
    "a cookie": ({}, {"cookie_secret": b"secret"}),
    "client authentication": (
        {"certified_keys": (certified_key(),)},
        {"client_auth": ClientAuth.REQUIRE, "verify_callback": lambda *_: True},
    ),
    "tiny datagrams": ({"mtu": 80}, {"mtu": 80}),
}


def patient(settings: dict) -> dict:
    """Return settings with so much time that no unlucky network uses it up."""
    return {**settings, "total_timeout": 1e6}


@given(fates=fates, feature=st.sampled_from(sorted(FEATURES)))
def test_any_network_ends_in_agreement(fates, feature):
    client, server = FEATURES[feature]
    ends = Ends(Weather(fates), patient(client), patient(server))
    ends.handshake()

    assert ends.agreed()


@given(fates=fates, by_ticket=st.booleans(), cookie=st.booleans())
def test_a_resumption_gets_through_any_network(fates, by_ticket, cookie):
    server = {"tickets": TicketKeys(bytes(64))} if by_ticket else {"store": MemoryStore(clock=lambda: START)}
    first = Ends(Weather([]), patient({}), patient(server))
    first.handshake()
    saved = first.sessions["c"].session_data()
    server |= {"cookie_secret": b"secret"} if cookie else {}
    second = Ends(Weather(fates), patient({"resume": saved}), patient(server))
    second.handshake()

    assert second.agreed()
    assert second.sessions["c"].parameters.resumed


@given(fates=fates, asked=st.booleans(), data=st.booleans())
def test_a_rehandshake_gets_through_any_network(fates, asked, data):
    weather = Weather([])
    ends = Ends(weather, patient({}), patient({}))
    ends.handshake()
    before = ends.sessions["c"].export(b"EXPERIMENTAL test", 32)
    weather._fates = list(fates)
    client, server = ends.sessions["c"], ends.sessions["s"]
    if data:
        client.record_send(b"late")
    if asked:
        assert server.rehandshake() is Code.SUCCESS
        wait_for(ends, "c", Code.REHANDSHAKE)
    assert client.handshake() is Code.AGAIN
    wait_for(ends, "s", Code.REHANDSHAKE)
    rehandshake(ends)

    assert ends.agreed()
    assert client.export(b"EXPERIMENTAL test", 32) != before


def wait_for(ends: Ends, side: str, code: Code) -> None:
    """Read until a session reports `code`, while the other one goes on with what it was about."""
    other = "s" if side == "c" else "c"
    for _ in range(200):
        result = ends.sessions[side].record_recv()
        if result is code:
            return
        assert result is Code.AGAIN or isinstance(result, Received), result
        step = ends.sessions["c"].handshake if other == "c" else ends.sessions["s"].record_recv
        result = step()
        assert result is Code.AGAIN or isinstance(result, Received), result
        turn(ends)
    pytest.fail(f"{code.name} never came")


def turn(ends: Ends) -> None:
    """Turn the clock if nothing is on its way."""
    if not any(transport.incoming for transport in ends.transports.values()):
        waits = [session.get_timeout() for session in ends.sessions.values()]
        ends.now += min((wait for wait in waits if wait is not None), default=0)


def rehandshake(ends: Ends) -> None:
    """Carry a re-handshake through that both sides have begun."""
    done: set[str] = set()
    while done != {"c", "s"} or any(transport.incoming for transport in ends.transports.values()):
        for side, session in ends.sessions.items():
            code = session.record_recv() if side in done else session.handshake()
            if code is Code.SUCCESS:
                done.add(side)
            elif code is Code.GOT_APPLICATION_DATA:
                assert isinstance(session.record_recv(), Received)
            else:
                assert code is Code.AGAIN or isinstance(code, Received), session.failure
        turn(ends)


def test_a_silent_network_ends_in_a_time_out():
    ends = Ends(lambda *_: [], {"total_timeout": 10.0})
    client = ends.sessions["c"]
    codes = []
    while ends.now < START + 11 and codes[-1:] != [Code.TIMEDOUT]:
        codes.append(client.handshake())
        ends.now += client.get_timeout() or 0.01

    assert codes[-1] is Code.TIMEDOUT
    assert set(codes[:-1]) == {Code.AGAIN}


class Narrow(DatagramTransport):
    """A transport that refuses datagrams over a limit."""

    limit = 200

    def push(self, data: bytes) -> int:
        if len(data) > self.limit:
            raise OSError(EMSGSIZE, "Message too long")
        return super().push(data)


def test_a_datagram_too_large_for_the_transport_is_cut_anew_and_nothing_is_lost():
    ends = Ends(lambda _, datagram: [datagram], transport=Narrow)
    client, server = ends.sessions["c"], ends.sessions["s"]
    assert client.handshake() is Code.AGAIN
    assert server.handshake() is Code.LARGE_PACKET
    assert server.handshake() is Code.LARGE_PACKET
    server.set_mtu(Narrow.limit)
    ends.handshake()

    assert ends.agreed()
    assert ends.now == START


def test_application_data_too_large_for_the_transport_is_dropped_alone():
    ends = Ends(lambda _, datagram: [datagram], transport=Narrow)
    ends.transports["s"].limit = 1400
    ends.handshake()
    client = ends.sessions["c"]

    assert client.record_send(bytes(client.data_mtu + 1)) is Code.LARGE_PACKET
    assert client.record_send(bytes(500)) is Code.LARGE_PACKET
    assert ends.echo(b"small") == b"small"
