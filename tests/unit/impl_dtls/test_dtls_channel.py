"""The channel: flights arrive in order over any network, are sent again when they must be, and never lost."""

from __future__ import annotations

import pytest
from dtls_pair import CHANGE, Pair, abbreviated, asked_for, full, message, with_cookie
from dtls_support import ALERT, CHANGE_CIPHER_SPEC, DATA, HANDSHAKE, plain, protection, records
from hypothesis import given
from hypothesis import strategies as st

from impl.dtls12.channel import MIN_MTU, DatagramChannel
from impl.limits import MAX_HELD_DATA
from impl.record.datagram import Drop
from impl.record.reassembly import Fragment, encode_fragment, unfragmented
from impl.record.stream import Record

HANDSHAKES = {
    "full": full,
    "abbreviated": abbreviated,
    "full after a cookie": lambda size: with_cookie(full(size)),
    "abbreviated after a cookie": lambda size: with_cookie(abbreviated(size)),
    "full after a request": lambda size: asked_for(full(size)),
    "abbreviated after a request": lambda size: asked_for(abbreviated(size)),
}


class Weather:
    """A network whose fate for each datagram comes from a list; when that is used up, it is perfect."""

    def __init__(self, fates):
        self.fates = list(fates)
        self.delayed = []

    def __call__(self, side, datagram):
        fate = self.fates.pop() if self.fates else "deliver"
        if fate == "split":
            yield from ((side, record) for record in reversed(records(datagram)))
        elif fate == "delay":
            self.delayed.append((side, datagram))
        elif fate != "lose":
            yield from [(side, datagram)] * (2 if fate == "duplicate" else 1)
        if fate == "deliver":
            delayed, self.delayed = self.delayed, []
            yield from reversed(delayed)


fates = st.lists(st.sampled_from(["deliver", "lose", "split", "delay", "duplicate"]), max_size=60)


@given(
    fates=fates,
    kinds=st.lists(st.sampled_from(sorted(HANDSHAKES)), min_size=1, max_size=3),
    size=st.integers(0, 400),
    mtu=st.integers(MIN_MTU, 600),
)
def test_every_flight_arrives_in_order_over_any_network(fates, kinds, size, mtu):
    pair = Pair(Weather(fates), mtu=mtu, total_timeout=1e9)
    for kind in kinds:
        flights = HANDSHAKES[kind](size)
        pair.begin(flights)
        pair.run(1e9)
        for player, peer in ((pair.client, "s"), (pair.server, "c")):
            assert player.received == [item for side, items in flights for item in items if side == peer]
            player.received.clear()


@pytest.mark.parametrize("kind", HANDSHAKES)
def test_a_perfect_network_sees_each_flight_once_in_one_datagram(kind):
    pair = Pair()
    pair.begin(HANDSHAKES[kind](5))
    pair.run()

    assert pair.sent == len(HANDSHAKES[kind](5))
    assert pair.now == 0.0


def test_each_lost_flight_costs_one_run_of_the_timer():
    lost = [True, False] * 4
    pair = Pair(lambda side, datagram: iter(() if lost and lost.pop(0) else ((side, datagram),)))
    pair.begin(full())
    pair.run()

    assert pair.retransmissions >= 4
    assert pair.now <= 1 + 2 + 4 + 8


def test_exact_copies_of_old_datagrams_are_not_answered_once_everything_is_done():
    log = []
    pair = Pair(lambda side, datagram: log.append((side, datagram)) or iter(((side, datagram),)))
    pair.begin(full())
    pair.run()
    for side, datagram in log[:]:
        (pair.server if side == "c" else pair.client).feed(datagram)

    assert not pair.server.channel
    assert not pair.client.channel


def retransmitted(pair, side):
    """Return the last flight of a side with fresh record numbers, as its timer would send it."""
    channel = (pair.client if side == "c" else pair.server).channel
    channel._flight.rewind()
    return channel.waiting()


def test_a_repeated_flight_is_answered_once_per_arrival_and_only_by_the_flight_that_answers_it():
    held = []

    def network(side, datagram):
        if side == "c":
            yield side, datagram
        else:
            held.append(datagram)

    pair = Pair(network)
    pair.begin(full())
    pair.settle()
    assert len(held) == 1
    for count in (2, 3):
        again = retransmitted(pair, "c")
        pair.client.channel.advance(len(again))
        pair.server.feed(again)
        pair.server.feed(again)
        pair.settle()
        assert len(held) == count


def test_a_lost_last_flight_is_asked_for_by_the_timer_of_the_other_side():
    flights = []

    def network(side, datagram):
        flights.append(side)
        if flights != ["c", "s", "c", "s"]:
            yield side, datagram

    pair = Pair(network)
    pair.begin(full())
    pair.run()

    assert flights == ["c", "s", "c", "s", "c", "s"]
    assert pair.now == 1.0


def test_the_side_that_did_not_send_last_never_answers_a_repeated_finished():
    pair = Pair()
    pair.begin(abbreviated())
    pair.run()
    pair.client.channel._kept.rewind()
    pair.settle()

    assert pair.sent == 4
    assert not pair.server.channel


def test_a_rehandshake_survives_the_loss_of_the_last_flight_before_it():
    flights = []

    def network(side, datagram):
        flights.append(side)
        if flights != ["c", "s", "c", "s"]:
            yield side, datagram

    pair = Pair(network, total_timeout=1000)
    pair.begin(full())
    pair.settle()
    assert pair.server.done
    assert not pair.client.done
    pair.server.begin(asked_for(full()))
    while not pair.client.done:
        pair.now += 1
        for player in (pair.client, pair.server):
            player.channel.tick(pair.now)
        for player in (pair.client, pair.server):
            if player.channel:
                datagram = player.channel.waiting()
                player.channel.advance(len(datagram))
                for _, arrived in network(player.side, datagram):
                    (pair.server if player is pair.client else pair.client).feed(arrived)
    pair.client.begin(asked_for(full()))
    pair.run()

    assert pair.client.received == [
        item for side, items in (*full(), *asked_for(full())) for item in items if side == "s"
    ]


def test_a_blocked_write_moves_nothing_and_goes_on_where_it_was():
    channel = DatagramChannel(mtu=100)
    channel.send_messages([message(11, 300)])
    first = channel.waiting()
    channel.advance(0)

    assert channel.waiting() == first
    channel.advance(len(first))
    assert channel.waiting() != first


@given(cuts=st.lists(st.tuples(st.integers(0, 6), st.integers(MIN_MTU, 500)), max_size=6))
def test_a_smaller_mtu_loses_nothing_of_a_flight(cuts):
    sender, receiver = DatagramChannel(mtu=500), DatagramChannel()
    sender.send_messages([message(1, 300), message(11, 700), message(14, 0)])
    limit, datagrams = 500, 0
    while sender:
        while cuts and cuts[0][0] <= datagrams:
            limit = cuts.pop(0)[1]
        datagram = sender.waiting()
        if len(datagram) > limit:
            sender.too_large(droppable=True)
            sender.set_mtu(limit)
            continue
        sender.advance(len(datagram))
        receiver.feed(datagram)
        datagrams += 1

    assert [found.body for found in iter(receiver.next_message, None)] == [
        message(1, 300)[4:], message(11, 700)[4:], b""
    ]  # fmt: skip


def test_a_record_that_is_too_large_for_the_transport_is_dropped_alone():
    channel = DatagramChannel(mtu=1000)
    channel.send_record(DATA, bytes(900))
    channel.too_large(droppable=True)
    assert not channel
    channel.send_messages([message(1)])
    channel.too_large(droppable=True)
    assert channel


def test_record_size_follows_mtu_and_keys():
    channel = DatagramChannel(mtu=1000)
    assert channel.data_mtu == 1000 - 13
    channel.write_keys(protection())
    assert channel.data_mtu == 1000 - 13 - 24
    channel.send_record(DATA, bytes(channel.data_mtu))
    assert len(channel.waiting()) == 1000
    with pytest.raises(ValueError):
        channel.send_record(DATA, bytes(channel.data_mtu + 1))
    with pytest.raises(ValueError):
        channel.set_mtu(MIN_MTU - 1)
    channel.set_mtu(100_000)
    assert channel.data_mtu == 2**14 - 37


def test_retransmission_uses_fresh_numbers_under_each_items_own_epoch():
    channel = DatagramChannel()
    channel.send_messages([message(16)])
    channel.send_change_cipher_spec()
    channel.write_keys(protection())
    channel.send_messages([message(20)])
    numbers = []
    for now in (0.0, 1.0, 3.0):
        if now:
            assert channel.tick(now)
        datagram = channel.waiting()
        channel.advance(len(datagram))
        assert not channel.tick(now)
        numbers += [(record[4], record[10]) for record in records(datagram)]

    assert numbers == [(0, 0), (0, 1), (1, 0), (0, 2), (0, 3), (1, 1), (0, 4), (0, 5), (1, 2)]


def test_change_cipher_spec_that_overtakes_is_given_out_again_behind_each_message():
    channel = DatagramChannel()
    channel.feed(plain(CHANGE_CIPHER_SPEC, b"\x01", 1))
    given_out = [channel.next_record(), channel.next_record()]
    channel.feed(plain(HANDSHAKE, unfragmented(message(16), 0), 0))
    channel.next_message()
    given_out += [channel.next_record(), channel.next_record()]
    channel.read_keys(protection())
    given_out.append(channel.next_record())

    change = Record(CHANGE_CIPHER_SPEC, b"\x01", False)
    assert given_out == [change, None, change, None, None]


def test_a_finished_in_the_clear_never_passes_for_a_protected_one():
    channel = DatagramChannel()
    channel.feed(plain(HANDSHAKE, unfragmented(message(16), 0), 0))
    channel.feed(plain(HANDSHAKE, unfragmented(message(20), 1), 1))
    channel.feed(plain(CHANGE_CIPHER_SPEC, b"\x01", 2))
    assert channel.next_message().type == 16
    assert channel.next_record().content_type is CHANGE_CIPHER_SPEC
    channel.read_keys(protection())

    assert channel.next_message() is None
    channel.feed(plain(HANDSHAKE, unfragmented(message(20), 1), 3))
    assert channel.next_message() is None
    assert channel.dropped[Drop.EPOCH] == 1


def test_application_data_flows_both_ways_and_never_in_the_clear():
    pair = Pair()
    pair.begin(full())
    pair.run()
    pair.client.channel.send_record(DATA, b"question")
    pair.server.channel.send_record(DATA, b"answer")
    pair.settle()
    fresh = DatagramChannel()
    fresh.feed(plain(DATA, b"in the clear"))

    assert (pair.server.data, pair.client.data) == ([b"question"], [b"answer"])
    assert fresh.next_record() is None
    assert fresh.dropped == {Drop.CONTENT: 1}


def test_application_data_that_overtakes_the_finished_waits_for_it():
    stopped = []

    def network(side, datagram):
        if side == "s" and datagram[13] == 4:
            stopped.append(datagram)
        else:
            yield side, datagram

    pair = Pair(network)
    pair.begin(full())
    pair.settle()
    flight = records(stopped[0])
    for record in flight[:-1]:
        pair.client.feed(record)
    for _ in range(60):
        pair.server.channel.send_record(DATA, bytes(1150))
    pair.settle()
    assert not pair.client.data
    pair.client.feed(flight[-1])

    assert pair.client.done
    assert len(pair.client.data) == MAX_HELD_DATA // 1163
    assert pair.client.channel.dropped[Drop.NO_ROOM] == 60 - len(pair.client.data)


def test_an_alert_is_sent_once_behind_the_flight():
    sender, receiver = DatagramChannel(), DatagramChannel()
    sender.send_messages([message(1)])
    sender.send_record(ALERT, b"\x02\x28")
    while sender:
        datagram = sender.waiting()
        sender.advance(len(datagram))
        receiver.feed(datagram)

    assert receiver.next_message().type == 1
    assert receiver.next_record() == Record(ALERT, b"\x02\x28", False)
    assert sender.tick(0) is False
    assert sender.tick(1) is True


def test_a_partial_message_is_no_reason_to_refuse_another_record():
    channel = DatagramChannel()
    body = bytes(10)
    channel.feed(plain(HANDSHAKE, encode_fragment(Fragment(11, 10, 0, 0, body[:4]))))

    assert not channel.mid_message()


def test_the_timer_serves_one_flight_until_it_is_answered_and_then_the_next():
    pair = Pair(lambda *_: iter(()))
    pair.begin(full())
    channel = pair.client.channel
    assert channel.timeout(5.0) == 60.0
    assert channel.tick(5.0) is False
    pair.flush(pair.client)

    assert channel.timeout(5.0) == 1.0
    assert not channel.expired(64.9)
    assert channel.expired(65.0)
    assert pair.server.channel.tick(1000.0) is False


def test_a_finished_handshake_has_no_timer():
    pair = Pair()
    pair.begin(full())
    pair.run()
    for player in (pair.client, pair.server):
        assert player.channel.timeout(5.0) is None
        assert not player.channel.expired(1e9)
        assert not player.channel.tick(1e9)


def test_a_hello_verify_request_is_not_sent_again_by_time():
    pair = Pair(lambda side, datagram: iter(((side, datagram),) if side == "c" else ()))
    pair.begin(with_cookie(full()))
    pair.settle()
    assert pair.server.channel.tick(0.0) is pair.server.channel.tick(50.0) is False

    pair.client.channel.tick(0.0)
    assert pair.client.channel.tick(1.0)
    before = pair.sent
    pair.settle()
    assert pair.sent == before + 2


def test_a_request_that_was_refused_can_be_made_again():
    pair = Pair()
    for _ in range(2):
        pair.client.pending = pair.server.pending = None
        pair.server.channel.begin_handshake()
        pair.server.channel.send_messages([message(0, 0)])
        datagram = pair.server.channel.waiting()
        pair.server.channel.advance(len(datagram))
        pair.client.channel.feed(datagram)
        assert pair.client.channel.next_message().type == 0
        for player in (pair.client, pair.server):
            player.channel.finish_handshake()


def test_a_client_that_answered_a_cookie_elsewhere_is_taken_over():
    server = DatagramChannel()
    server.feed(plain(HANDSHAKE, unfragmented(message(1), 1), 1))
    assert server.next_message().raw == unfragmented(message(1), 1)
    server.send_messages([message(2)])

    assert server.waiting()[13 + 4 : 13 + 6] == b"\x00\x01"


@given(st.lists(st.binary(max_size=100), max_size=5), st.booleans())
def test_any_datagrams_are_dropped_or_taken_without_an_error(datagrams, real):
    pair = Pair()
    pair.begin(full())
    if real:
        datagrams = [plain(HANDSHAKE, datagram, number) for number, datagram in enumerate(datagrams)]
    for datagram in datagrams:
        pair.client.channel.feed(datagram)
        while pair.client.channel.next_record() is not None:
            pass
        for found in iter(pair.client.channel.next_message, None):
            assert len(found.raw) == 12 + len(found.body)


def test_a_change_cipher_spec_of_another_value_is_dropped():
    channel = DatagramChannel()
    channel.feed(plain(CHANGE_CIPHER_SPEC, b"\x02"))

    assert channel.next_record() is None
    assert channel.dropped == {Drop.CONTENT: 1}
    assert CHANGE not in channel.dropped
