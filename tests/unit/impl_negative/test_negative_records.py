"""Records that no honest record layer writes: exact code, exact alert; over datagrams they are dropped.

Theory: RFC 8446 section 5, RFC 5246 section 6, RFC 6347 section 4.1.
"""

from typing import NamedTuple

import pytest
from negative import (
    BAD_MAC,
    CLIENT,
    DECODE,
    ILLEGAL,
    OVERFLOW,
    SCENES,
    SERVER,
    UNEXPECTED,
    A,
    Role,
    verdict,
)

from fuzz.stage import Point, Stage
from impl import Code
from impl.codec.enums import ContentType
from impl.limits import MAX_EMPTY_RECORDS, MAX_IDLE_RECORDS, MAX_PLAINTEXT, MAX_WARNINGS
from impl.record.datagram import Drop

CHANGE, ALERT, HANDSHAKE, DATA = map(int, ContentType)
VERSION = (Code.UNSUPPORTED_VERSION_PACKET, A.PROTOCOL_VERSION)
TOO_MANY = (Code.TOO_MANY_EMPTY_PACKETS, A.UNEXPECTED_MESSAGE)
TOO_LONG = (Code.HANDSHAKE_TOO_LARGE, A.DECODE_ERROR)
FATAL = (Code.FATAL_ALERT_RECEIVED, None)
EOF = (Code.PREMATURE_TERMINATION, A.UNEXPECTED_MESSAGE)
CLOSED = (Code.SESSION_EOF, A.CLOSE_NOTIFY)


def at(scene, victim, phase):
    """Return a victim that has just come to a phase, and no honest peer any more."""
    stage = Stage(Point(scene, victim, 0), SCENES)
    stage.exchange()
    while stage.victim.session.path[-1] != phase:
        assert stage.advance(), f"{scene} has no phase {phase}"
    stage.pending.clear()
    return stage


def connected(scene, victim=CLIENT):
    """Return a victim whose handshake is complete, with all that follows it read."""
    stage = Stage(Point(scene, victim, 0), SCENES)
    while stage.advance():
        pass
    assert stage.victim.session.is_complete
    return stage


def sealed(stage, inner, sequence=0):
    """Return a TLS 1.3 record with this inner plaintext, whatever it is."""
    protection = stage.pen.protection
    header = bytes((DATA, 3, 3)) + (len(inner) + 16).to_bytes(2)
    nonce = (int.from_bytes(protection._iv) ^ stage.pen._reader._sequence + sequence).to_bytes(12)
    return header + protection._cipher.encrypt(nonce, inner, header)


class Row(NamedTuple):
    """What is wrong, where, what is written there, and what becomes of it."""

    name: str
    stage: object
    pieces: object
    refusal: object

    def __str__(self):
        return self.name


def rows(*items):
    return pytest.mark.parametrize("row", [Row(*item) for item in items], ids=str)


def play(row):
    stage = row.stage()
    return verdict(stage, row.pieces(stage))


def raw(*pieces):
    return lambda _stage: list(pieces)


def plain(kind, content, version=b"\3\3"):
    return lambda _stage: [bytes((kind,)) + version + len(content).to_bytes(2) + content]


def protected(kind, *contents):
    return lambda stage: stage.pen.records(kind, *contents)


def flipped(place):
    def change(stage):
        record = bytearray(stage.pen.records(DATA, b"some data")[0])
        record[place] ^= 1
        return [bytes(record)]

    return change


def tls13():
    return connected("tls13")


def tls13_server():
    return connected("tls13", SERVER)


def tls12():
    return connected("tls12")


def before_finished():
    return at("tls13", CLIENT, "WAIT_FINISHED")


LONG = bytes(MAX_PLAINTEXT)


@rows(
    ("a bit of the content", tls13, flipped(7), BAD_MAC),
    ("a bit of the tag", tls13, flipped(-1), BAD_MAC),
    (
        "another length in the header",
        tls13,
        lambda s: [b"\x17\3\3\0\x19" + s.pen.records(DATA, b"123456789")[0][5:30]],
        BAD_MAC,
    ),
    ("another minor version in the header", tls13, flipped(2), BAD_MAC),
    ("another major version in the header", tls13, flipped(1), VERSION),
    ("no content", tls13, raw(b"\x17\3\3\0\0"), BAD_MAC),
    ("shorter than a tag", tls13, raw(b"\x17\3\3\0\x0f" + bytes(15)), BAD_MAC),
    ("as long as a tag", tls13, raw(b"\x17\3\3\0\x10" + bytes(16)), BAD_MAC),
    ("twice the same", tls13, lambda s: s.pen.records(DATA, b"data") * 2, BAD_MAC),
    ("two in the wrong order", tls13, lambda s: s.pen.records(DATA, b"a", b"b")[::-1], BAD_MAC),
    ("a number left out", tls13, lambda s: s.pen.records(DATA, b"a", b"b")[1:], BAD_MAC),
    ("under the keys before", tls13, lambda s: s.pen.records(24, b"") and _under_old_keys(s), BAD_MAC),
    ("an empty inner plaintext", tls13, lambda s: [sealed(s, b"")], UNEXPECTED),
    ("a zero", tls13, lambda s: [sealed(s, b"\0")], UNEXPECTED),
    ("zeros", tls13, lambda s: [sealed(s, bytes(500))], UNEXPECTED),
    ("as many zeros as fit", tls13, lambda s: [sealed(s, bytes(MAX_PLAINTEXT + 1))], UNEXPECTED),
    ("an inner plaintext too long", tls13, lambda s: [sealed(s, LONG + b"x\x17")], OVERFLOW),
    ("too much padding", tls13, lambda s: [sealed(s, b"x\x17" + LONG)], OVERFLOW),
    ("a ciphertext too long", tls13, raw(b"\x17\3\3" + (MAX_PLAINTEXT + 257).to_bytes(2)), OVERFLOW),
    ("a length of all ones", tls13, raw(b"\x17\3\3\xff\xff"), OVERFLOW),
    ("an inner type of nothing", tls13, protected(0x40, b"x"), UNEXPECTED),
    ("an inner heartbeat", tls13, protected(24, b"x"), UNEXPECTED),
    ("an inner ChangeCipherSpec", before_finished, protected(CHANGE, b"\1"), UNEXPECTED),
    ("a ChangeCipherSpec in a session", tls13, plain(CHANGE, b"\1"), UNEXPECTED),
    ("a ChangeCipherSpec of 0", before_finished, plain(CHANGE, b"\0"), UNEXPECTED),
    ("a ChangeCipherSpec of two bytes", before_finished, plain(CHANGE, b"\1\1"), UNEXPECTED),
    ("an empty ChangeCipherSpec", before_finished, plain(CHANGE, b""), UNEXPECTED),
    ("an empty inner handshake", tls13, protected(HANDSHAKE, b""), UNEXPECTED),
    ("an empty inner alert", tls13, protected(ALERT, b""), UNEXPECTED),
    ("half an alert", tls13, protected(ALERT, b"\1"), DECODE),
    ("an alert and a half", tls13, protected(ALERT, b"\1\0\1"), DECODE),
    ("handshake in the clear", tls13, plain(HANDSHAKE, b"\x18\0\0\1\0"), UNEXPECTED),
    ("an alert in the clear", tls13, plain(ALERT, b"\2\x28"), UNEXPECTED),
    (
        "an alert in the clear, to a client before Finished",
        before_finished,
        plain(ALERT, b"\2\x28"),
        UNEXPECTED,
    ),
    ("data in the clear", before_finished, plain(DATA, b"x" * 40), BAD_MAC),
    ("data before Finished", before_finished, protected(DATA, b"early"), UNEXPECTED),
    ("an unknown type in the clear", tls13, plain(99, b"x"), UNEXPECTED),
    ("SSL 2", lambda: at("tls13", SERVER, "START"), raw(b"\x80\x2e\1\0\2" + bytes(40)), UNEXPECTED),
    ("HTTP", lambda: at("tls13", SERVER, "START"), raw(b"GET / HTTP/1.1\r\n\r\n"), UNEXPECTED),
    ("a version of DTLS", lambda: at("tls13", SERVER, "START"), raw(b"\x16\xfe\xfd\0\5hello"), VERSION),
    ("an empty handshake record", lambda: at("tls13", SERVER, "START"), plain(HANDSHAKE, b""), UNEXPECTED),
    ("data instead of a hello", lambda: at("tls13", SERVER, "START"), plain(DATA, b"x"), UNEXPECTED),
    (
        "a hello that is too long",
        lambda: at("tls13", SERVER, "START"),
        plain(HANDSHAKE, b"\1\2\0\1"),
        TOO_LONG,
    ),
    ("a plaintext record too long", lambda: at("tls13", SERVER, "START"), raw(b"\x16\3\1\x40\1"), OVERFLOW),
    (
        "data inside a message",
        tls13,
        lambda s: s.pen.records(HANDSHAKE, b"\4\0\0\x20") + _next(s, DATA, b"x"),
        UNEXPECTED,
    ),
    (
        "an empty record of data inside a message",
        tls13,
        lambda s: s.pen.records(HANDSHAKE, b"\4\0\0\x20") + _next(s, DATA, b""),
        UNEXPECTED,
    ),
    (
        "a message behind a change of keys",
        tls13_server,
        protected(HANDSHAKE, b"\x18\0\0\1\0\x18\0\0\1\0"),
        UNEXPECTED,
    ),
    (
        "half a message behind a change of keys",
        tls13_server,
        protected(HANDSHAKE, b"\x18\0\0\1\0\x18"),
        UNEXPECTED,
    ),
    ("nothing but empty records", tls13, protected(DATA, *[b""] * (MAX_EMPTY_RECORDS + 1)), TOO_MANY),
    (
        "ChangeCipherSpec without end",
        before_finished,
        raw(*[b"\x14\3\3\0\1\1"] * (MAX_IDLE_RECORDS + 1)),
        TOO_MANY,
    ),
    ("a fatal alert", tls13, protected(ALERT, b"\2\x28"), FATAL),
    ("an alert that is only called a warning", tls13, protected(ALERT, b"\1\x28"), FATAL),
    ("an alert of another level", tls13, protected(ALERT, b"\7\x28"), FATAL),
    ("close_notify before Finished", before_finished, protected(ALERT, b"\1\0"), CLOSED),
)
def test_records_of_tls13(row):
    assert play(row) == row.refusal


def _next(stage, kind, content):
    """Return the record behind the next one."""
    return stage.pen.records(kind, b"placeholder", content)[1:]


def _under_old_keys(stage):
    """Change the victim's reading keys, and go on under those before."""
    old = stage.pen.records(DATA, b"old", b"old", b"old")
    stage.victim.wire.incoming.extend(stage.pen.records(HANDSHAKE, b"\x18\0\0\1\0"))
    stage.victim.turn()
    return old[1:2]


@rows(
    ("a bit of the explicit nonce", tls12, flipped(7), BAD_MAC),
    ("a bit of the tag", tls12, flipped(-1), BAD_MAC),
    ("another version", tls12, flipped(2), BAD_MAC),
    ("another type", tls12, lambda s: [b"\x16" + s.pen.records(DATA, b"data")[0][1:]], BAD_MAC),
    ("twice the same", tls12, lambda s: s.pen.records(DATA, b"data") * 2, BAD_MAC),
    ("two in the wrong order", tls12, lambda s: s.pen.records(DATA, b"a", b"b")[::-1], BAD_MAC),
    ("no content", tls12, raw(b"\x17\3\3\0\0"), BAD_MAC),
    ("shorter than nonce and tag", tls12, raw(b"\x17\3\3\0\x17" + bytes(23)), BAD_MAC),
    ("a ciphertext too long", tls12, raw(b"\x17\3\3" + (MAX_PLAINTEXT + 2049).to_bytes(2)), OVERFLOW),
    ("a plaintext too long", tls12, lambda s: [_too_much(s)], OVERFLOW),
    ("in the clear", tls12, plain(DATA, b"x" * 40), BAD_MAC),
    ("a fatal alert in the clear", tls12, plain(ALERT, b"\2\x28"), BAD_MAC),
    ("a ChangeCipherSpec in a session", tls12, protected(CHANGE, b"\1"), UNEXPECTED),
    ("an empty handshake record", tls12, protected(HANDSHAKE, b""), UNEXPECTED),
    ("an empty alert", tls12, protected(ALERT, b""), UNEXPECTED),
    ("half an alert", tls12, protected(ALERT, b"\1"), DECODE),
    ("an alert of level 0", tls12, protected(ALERT, b"\0\x5a"), ILLEGAL),
    ("an alert of level 3", tls12, protected(ALERT, b"\3\0"), ILLEGAL),
    ("a fatal alert", tls12, protected(ALERT, b"\2\x28"), FATAL),
    ("a fatal close_notify", tls12, protected(ALERT, b"\2\0"), FATAL),
    ("ChangeCipherSpec too early", lambda: at("tls12", SERVER, "WAIT_CKE"), plain(CHANGE, b"\1"), UNEXPECTED),
    (
        "ChangeCipherSpec before the hello",
        lambda: at("tls12", SERVER, "START"),
        plain(CHANGE, b"\1"),
        UNEXPECTED,
    ),
    (
        "ChangeCipherSpec twice",
        lambda: at("tls12", CLIENT, "WAIT_FINISHED"),
        protected(CHANGE, b"\1"),
        UNEXPECTED,
    ),
    (
        "Finished in the clear",
        lambda: at("tls12", CLIENT, "WAIT_FINISHED"),
        plain(HANDSHAKE, b"\x14\0\0\x0c" + bytes(12)),
        BAD_MAC,
    ),
    ("data before Finished", lambda: at("tls12", CLIENT, "WAIT_FINISHED"), protected(DATA, b"x"), UNEXPECTED),
    (
        "data in the clear before the keys",
        lambda: at("tls12", CLIENT, "WAIT_CERT"),
        plain(DATA, b"x"),
        UNEXPECTED,
    ),
    (
        "half a message before ChangeCipherSpec",
        lambda: at("tls12", CLIENT, "WAIT_CCS"),
        raw(b"\x16\3\3\0\4\x14\0\0\x0c", b"\x14\3\3\0\1\1"),
        UNEXPECTED,
    ),
    ("nothing but empty records", tls12, protected(DATA, *[b""] * (MAX_EMPTY_RECORDS + 1)), TOO_MANY),
    (
        "warnings without end",
        lambda: at("tls12", CLIENT, "WAIT_CERT"),
        raw(*[b"\x15\3\3\0\2\1\x5a"] * (MAX_WARNINGS + 1)),
        (Code.INTERNAL_ERROR, A.INTERNAL_ERROR),
    ),
    (
        "close_notify in the handshake",
        lambda: at("tls12", CLIENT, "WAIT_CERT"),
        plain(ALERT, b"\1\0"),
        CLOSED,
    ),
)
def test_records_of_tls12(row):
    assert play(row) == row.refusal


def _too_much(stage):
    protection = stage.pen.protection
    return protection.seal(stage.pen._reader._sequence, DATA, bytes(MAX_PLAINTEXT + 1))


@pytest.mark.parametrize("scene", ["tls13", "tls12"])
@pytest.mark.parametrize("victim", [CLIENT, SERVER])
def test_an_end_without_close_notify(scene, victim):
    stage = connected(scene, victim)
    stage.victim.wire.ended = True

    assert verdict(stage, []) == EOF


@pytest.mark.parametrize("scene", ["tls13", "tls12"])
def test_close_notify_and_then_an_end_is_no_error(scene):
    stage = connected(scene)
    stage.victim.wire.ended = True

    assert verdict(stage, stage.pen.records(ALERT, b"\1\0")) == (None, None)


def test_padding_of_any_length_that_fits_is_no_error():
    for padding in (1, 255, 256, MAX_PLAINTEXT - 1):
        stage = connected("tls13")

        assert verdict(stage, [sealed(stage, b"x\x17" + bytes(padding))]) == (None, None)


DATAGRAMS = {
    "a bit of the tag": (lambda s: [_flip(s.pen.records(DATA, b"data")[0], -1)], Drop.FORGED),
    "a bit of the content": (lambda s: [_flip(s.pen.records(DATA, b"data")[0], 25)], Drop.FORGED),
    "a bit of the number": (lambda s: [_flip(s.pen.records(DATA, b"data")[0], 10)], Drop.FORGED),
    "another type": (lambda s: [b"\x16" + s.pen.records(DATA, b"data")[0][1:]], Drop.FORGED),
    "an unknown type": (lambda s: [b"\x63" + s.pen.records(DATA, b"data")[0][1:]], Drop.TYPE),
    "another version": (lambda s: [_flip(s.pen.records(DATA, b"data")[0], 2)], Drop.VERSION),
    "an epoch before": (lambda s: [s.pen.plain(DATA, b"data")], Drop.EPOCH),
    "an epoch far ahead": (lambda s: [_flip(s.pen.records(DATA, b"data")[0], 3)], Drop.EPOCH),
    "twice the same": (lambda s: s.pen.records(DATA, b"data") * 2, Drop.REPLAYED),
    "cut": (lambda s: [s.pen.records(DATA, b"data")[0][:-1]], Drop.TRUNCATED),
    "a header alone": (lambda s: [s.pen.records(DATA, b"data")[0][:12]], Drop.TRUNCATED),
    "nothing inside": (lambda s: s.pen.records(DATA, b""), Drop.LENGTH),
    "too much inside": (lambda s: s.pen.records(DATA, bytes(MAX_PLAINTEXT + 1)), Drop.LENGTH),
    "a ChangeCipherSpec of 2": (lambda s: s.pen.records(CHANGE, b"\2"), Drop.CONTENT),
    "half a fragment": (lambda s: s.pen.records(HANDSHAKE, b"\1\0\0\1"), Drop.FRAGMENT),
    "a fragment that overlaps itself": (
        lambda s: s.pen.records(HANDSHAKE, b"\1\0\0\1\0\0\0\0\1\0\0\1x"), Drop.FRAGMENT,
    ),
    "a message far ahead": (
        lambda s: s.pen.records(HANDSHAKE, b"\x0b\0\0\1\1\0\0\0\0\0\0\1x"), Drop.FRAGMENT,
    ),
    "a message that is too long": (
        lambda s: s.pen.records(HANDSHAKE, b"\x0b\2\0\1\0\0\0\0\0\0\0\1x"), Drop.FRAGMENT,
    ),
}  # fmt: skip


@pytest.mark.parametrize("victim", [CLIENT, SERVER])
@pytest.mark.parametrize("name", DATAGRAMS)
def test_datagrams_that_anyone_could_have_sent_are_dropped_and_counted(name, victim):
    make, why = DATAGRAMS[name]
    stage = connected("dtls12", victim)
    before = stage.victim.session._memory.channel.dropped[why]

    assert verdict(stage, make(stage)) == (None, None)
    assert stage.victim.session._memory.channel.dropped[why] == before + 1
    assert not stage.pair.units(stage.victim), "nothing answers them"
    assert stage.victim.session.is_complete


def _flip(record, place):
    changed = bytearray(record)
    changed[place] ^= 1 if place < 0 or place > 2 else 2
    return bytes(changed)


def test_roles_are_those_of_the_rows():
    assert tuple(Role) == (CLIENT, SERVER)
