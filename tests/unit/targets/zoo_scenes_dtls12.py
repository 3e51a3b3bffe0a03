"""What a seeded bug of DTLS 1.2 does and what is right: one scene each, (function, wrong, right)."""

from __future__ import annotations

from zoo_ends import ALERT, CHANGE, CLIENT, DATA, DTLS12, HANDSHAKE, SERVER, Ends

from impl import NamedGroup
from impl.keyschedule.tls12 import CLIENT_FINISHED, verify_data

HELLO_REQUEST, SERVER_HELLO_DONE, FINISHED = 0, 14, 20


def zero_random(bug):
    """Whether the random of a first ClientHello is all zeros."""
    ends = Ends(DTLS12, CLIENT, bug)
    ends.client.handshake()
    (hello,) = ends.client.take()
    return hello[27:59] == bytes(32)


def data_in_the_clear(bug):
    """What an established session reads from application data of epoch 0."""
    ends = Ends(DTLS12, CLIENT, bug).established()
    return ends.client.hear(ends.client.pen.plain(DATA, b"forged")).read()


def change_in_the_clear(victim):
    """What an established session reads of its peer after a ChangeCipherSpec of epoch 0."""

    def scene(bug):
        ends = Ends(DTLS12, victim, bug).established()
        ends.victim.hear(ends.victim.pen.plain(CHANGE, b"\x01")).read()
        ends.peer.call("record_send", b"honest")
        ends.carry(ends.peer)
        return ends.victim.read()

    return scene


def finished_without_key_exchange(bug):
    """A server that waits for ClientKeyExchange and gets a Finished that is made without any key."""
    ends = Ends(DTLS12, SERVER, bug)
    ends.flight()
    state = ends.server.state
    body = verify_data(state.agreed.suite, b"", CLIENT_FINISHED, state.transcript.digest())
    pen = ends.server.pen
    return ends.server.hear(pen.plain(HANDSHAKE, pen.message(FINISHED, body, 1))).handshake()


def finished_without_change(bug):
    """A server that waits for ChangeCipherSpec and gets a right Finished in the clear."""
    ends = Ends(DTLS12, SERVER, bug)
    assert ends.server.hear(ends.answered()[0]).handshake() == "AGAIN"
    pending = ends.server.state.pending
    body = pending.secrets.verify_data(CLIENT_FINISHED, pending.transcript)
    pen = ends.server.pen
    return ends.server.hear(pen.plain(HANDSHAKE, pen.message(FINISHED, body, 2))).handshake()


def hello_of_epoch_1(bug):
    """Whether a server answers a ClientHello whose record says epoch 1."""
    ends = Ends(DTLS12, SERVER, bug)
    ends.client.handshake()
    (hello,) = ends.client.take()
    assert ends.server.hear(hello[:3] + b"\0\1" + hello[5:]).handshake() == "AGAIN"
    return bool(ends.server.take())


def overtaking_change(bug):
    """A server that gets ChangeCipherSpec before ClientKeyExchange."""
    ends = Ends(DTLS12, SERVER, bug)
    exchange, change, _ = ends.answered()
    return ends.server.hear(change, exchange).handshake()


def any_finished(bug):
    """Whether an established server answers a Finished that never was part of the handshake."""
    ends = Ends(DTLS12, SERVER, bug).established()
    pen = ends.server.pen
    ends.server.hear(*pen.records(HANDSHAKE, pen.message(FINISHED, bytes(12), 9)))
    assert ends.server.read() == "AGAIN"
    return bool(ends.server.take())


def hello_requests(bug):
    """A client in mid-handshake that gets five HelloRequests at once."""
    ends = Ends(DTLS12, CLIENT, bug)
    assert ends.client.hear(ends.flight()[0]).handshake() == "AGAIN"
    pen = ends.client.pen
    asked = [pen.plain(HANDSHAKE, pen.message(HELLO_REQUEST, b"", number)) for number in range(1, 6)]
    return ends.client.hear(b"".join(asked)).handshake()


def copied_data(bug):
    """How often a client reads data that came twice, before its keys did."""
    ends = Ends(DTLS12, CLIENT, bug)
    ends.server.hear(*ends.answered())
    assert ends.server.handshake() == "SUCCESS"
    last_flight = ends.server.take()
    ends.server.call("record_send", b"data")
    (data,) = ends.server.take()
    assert ends.client.hear(data, data, *last_flight).handshake() == "SUCCESS"
    return [ends.client.read(), ends.client.read()]


def stale_message(bug):
    """A client's re-handshake, after a message for its last turn came in the first handshake."""
    ends = Ends(DTLS12, CLIENT, bug)
    hello, *flight = ends.flight()
    pen = ends.client.pen
    stale = pen.plain(HANDSHAKE, pen.message(FINISHED, bytes(12), 5))
    ends.client.hear(hello, stale, *flight)
    ends.established()
    assert ends.server.call("rehandshake") == "SUCCESS"
    ends.carry(ends.server)
    assert ends.client.read() == "REHANDSHAKE"
    return ends.again()


def forged_record(bug):
    """What a session reads of its peer after a forged record with a high number."""
    ends = Ends(DTLS12, SERVER, bug).established()
    forged = bytes((DATA,)) + b"\xfe\xfd" + b"\0\1" + (1 << 40).to_bytes(6) + b"\0\x28" + bytes(40)
    assert ends.server.hear(forged).read() == "AGAIN"
    ends.client.call("record_send", b"honest")
    ends.carry(ends.client)
    return ends.server.read()


def handshake_after_mismatch(bug):
    """The next client's handshake, after one that had no group in common with the server."""
    ends = Ends(DTLS12, SERVER, bug, server={"groups": (NamedGroup.X25519,)})
    stranger = Ends(DTLS12, SERVER, None, client={"groups": (NamedGroup.SECP384R1,)}).client
    next_one = type(ends.server)(ends.server.config, ends.server.patch)
    stranger.handshake()
    assert ends.server.hear(*stranger.take()).handshake() == "NO_CIPHER_SUITES"
    ends.server = ends.victim = next_one
    return ends.handshake()


def forged_hello(bug):
    """What a server reads of its client after somebody else's ClientHello in the clear."""
    ends = Ends(DTLS12, SERVER, bug, server={"cookie_secret": bytes(32)}).established()
    forger = Ends(DTLS12, SERVER, None).client
    forger.handshake()
    ends.server.hear(*forger.take()).read()
    ends.client.call("record_send", b"honest")
    ends.carry(ends.client)
    return ends.server.read()


def first_fatal_warning(bug):
    """Which of 40 warnings in a handshake, with a call for each, is fatal."""
    ends = Ends(DTLS12, SERVER, bug)
    ends.flight()
    pen = ends.server.pen
    answers = [ends.server.hear(pen.plain(ALERT, b"\x01\x5a")).handshake() for _ in range(40)]
    return next((n for n, code in enumerate(answers, 1) if code != "WARNING_ALERT_RECEIVED"), None)


WRONG_MESSAGE = "UNEXPECTED_HANDSHAKE_PACKET"
# fmt: off
SCENES = [
    ("G02", zero_random, True, False),
    ("D01", data_in_the_clear, b"forged", "AGAIN"),
    ("D03", change_in_the_clear(CLIENT), "AGAIN", b"honest"),
    ("D03", change_in_the_clear(SERVER), "AGAIN", b"honest"),
    ("D04", finished_without_key_exchange, "SUCCESS", WRONG_MESSAGE),
    ("D04", finished_without_change, "SUCCESS", WRONG_MESSAGE),
    ("D05", finished_without_change, "SUCCESS", WRONG_MESSAGE),
    ("D07", hello_of_epoch_1, True, False),
    ("D09", overtaking_change, "UNEXPECTED_PACKET", "AGAIN"),
    ("D10", any_finished, True, False),
    ("D13", hello_requests, "INTERNAL_ERROR", "AGAIN"),
    ("D15", copied_data, [b"data", b"data"], [b"data", "AGAIN"]),
    ("D16", stale_message, WRONG_MESSAGE, "SUCCESS"),
    ("D17", forged_record, "AGAIN", b"honest"),
    ("D19", handshake_after_mismatch, "INTERNAL_ERROR", "SUCCESS"),
    ("D21", forged_hello, "AGAIN", b"honest"),
    ("G14", first_fatal_warning, None, 17),
    ("M03", first_fatal_warning, None, 17),
    ("M03b", first_fatal_warning, 18, 17),
]
# fmt: on
