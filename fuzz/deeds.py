"""What a hostile peer can do next: one row a trick, each made of some bytes and a number.

Some rows are what the victim's own application or transport does meanwhile.

Whoever chooses (Hypothesis, a fuzzer, an endless loop) chooses a row of `DEEDS`, the bytes and the number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from fuzz.inflate import inflate
from fuzz.stage import Said, Stage, sayings
from impl import Code, Sent, Session
from impl.codec.enums import ContentType

HANDSHAKE: Final = int(ContentType.HANDSHAKE)
TYPES: Final = tuple(int(content_type) for content_type in ContentType)
LARGEST: Final = 2**14


class Deed(NamedTuple):
    """One thing that a hostile peer does.

    Parameters
    ----------
    name: which row of `DEEDS`.
    data, number: what the row makes of them is up to it.
    """

    name: str
    data: bytes = b""
    number: int = 0

    def pieces(self, stage: Stage) -> list[bytes]:
        """Return what reaches the victim, in the pieces in which it can be read."""
        return DEEDS[self.name](stage, self.data, self.number)


def mutate(content: bytes, script: bytes) -> bytes:
    """Change `content` as `script` says: position (two bytes), operation and value (one each), repeatedly."""
    changed = bytearray(content)
    for start in range(0, len(script) - 3, 4):
        position = int.from_bytes(script[start : start + 2]) % (len(changed) + 1)
        _OPERATIONS[script[start + 2] % len(_OPERATIONS)](changed, position, script[start + 3])
    return bytes(changed)


def _set(content: bytearray, position: int, value: int) -> None:
    content[position : position + 1] = bytes((value,))


def _flip(content: bytearray, position: int, value: int) -> None:
    if position < len(content):
        content[position] ^= 1 << value % 8


def _insert(content: bytearray, position: int, value: int) -> None:
    content[position:position] = bytes((value,)) * (value % 9 + 1)


def _delete(content: bytearray, position: int, value: int) -> None:
    del content[position : position + value % 17 + 1]


def _repeat(content: bytearray, position: int, value: int) -> None:
    content[position:position] = content[position : position + value]


def _cut(content: bytearray, position: int, _value: int) -> None:
    del content[position:]


_OPERATIONS: Final = (_set, _flip, _insert, _delete, _repeat, _cut)


def fit(stage: Stage, content: bytes) -> bytes:
    """Correct the length in the header of a handshake message."""
    header = 12 if stage.pair.datagram else 4
    if len(content) < header:
        return content
    length = (len(content) - header).to_bytes(3)
    if stage.pair.datagram:
        return content[:1] + length + content[4:6] + bytes(3) + length + content[12:]
    return content[:1] + length + content[4:]


def _sequence(stage: Stage, number: int) -> int:
    """Return the message_seq that the victim waits for, if it can be seen, else one near `number`."""
    said = stage.next_said() if stage.pair.datagram else None
    if said is not None and said.content_type == HANDSHAKE:
        return int.from_bytes(said.fragment[4:6])
    return number % 16


def _next(stage: Stage, number: int) -> Said:
    """Return what the honest peer says next, or something that some honest peer says."""
    return stage.next_said() or _other(stage, number)


def _other(_stage: Stage, number: int) -> Said:
    known = sayings()
    return known[number % len(known)]


def _honest(stage: Stage) -> bytes:
    return stage.pending.popleft() if stage.pending else b""


def _bytes(_stage: Stage, data: bytes, _number: int) -> list[bytes]:
    return [data]


def _record(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return [stage.pen.plain(TYPES[number % len(TYPES)], data)]


def _honest_record(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    return [_honest(stage)]


def _changed_record(stage: Stage, data: bytes, _number: int) -> list[bytes]:
    return [mutate(_honest(stage), data)]


def _cut_record(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    record = _honest(stage)
    return [record[: number % (len(record) + 1)]]


def _repeated_record(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    return [_honest(stage)] * (number % 3 + 2)


def _swapped_records(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    first = _honest(stage)
    return [_honest(stage), first]


def _spliced_records(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    first, second = _honest(stage), _honest(stage)
    return [first[: number % (len(first) + 1)] + second[number % (len(second) + 1) :]]


def _byte_by_byte(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    return [bytes((value,)) for value in _honest(stage)]


def _large_header(stage: Stage, data: bytes, number: int) -> list[bytes]:
    record = stage.pen.plain(TYPES[number % len(TYPES)], data)
    header = 13 if stage.pair.datagram else 5
    return [record[: header - 2] + b"\xff\xff" + record[header:]]


def _protected(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return stage.pen.records(number % 256, data[:LARGEST])


def _known_type(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return stage.pen.records(TYPES[number % len(TYPES)], data[:LARGEST])


def _largest(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return stage.pen.records(TYPES[number % len(TYPES)], (data or b"\0") * (LARGEST // (len(data) or 1)))


def _message(stage: Stage, data: bytes, number: int) -> list[bytes]:
    message = stage.pen.message(number % 26, data[: LARGEST - 12], _sequence(stage, number))
    return stage.pen.records(HANDSHAKE, message)


def _changed_content(stage: Stage, data: bytes, number: int) -> list[bytes]:
    said = _next(stage, number)
    return stage.pen.records(said.content_type, mutate(said.fragment, data)[:LARGEST])


def _changed_message(stage: Stage, data: bytes, number: int) -> list[bytes]:
    said = _next(stage, number)
    content = said.fragment
    header = 12 if stage.pair.datagram else 4
    changed = fit(stage, content[:header] + mutate(content[header:], data))
    return stage.pen.records(said.content_type, changed[:LARGEST])


def _others_content(stage: Stage, data: bytes, number: int) -> list[bytes]:
    said = _other(stage, number)
    return stage.pen.records(said.content_type, mutate(said.fragment, data)[:LARGEST])


def _others_message(stage: Stage, data: bytes, number: int) -> list[bytes]:
    """Say what another honest peer says, as the message that is due here."""
    said = _other(stage, number)
    if said.content_type != HANDSHAKE or len(said.fragment) < 4:
        return stage.pen.records(said.content_type, said.fragment)
    message = stage.pen.message(
        said.fragment[0], mutate(said.fragment[4:], data)[: LARGEST - 12], _sequence(stage, number)
    )
    return stage.pen.records(HANDSHAKE, message)


def _long_message(stage: Stage, data: bytes, number: int) -> list[bytes]:
    """Announce more than follows."""
    message = stage.pen.message(number % 26, bytes(LARGEST - 12), _sequence(stage, number))
    announced = message[:1] + (number % 2**24).to_bytes(3) + message[4:]
    return stage.pen.records(HANDSHAKE, announced, data[:LARGEST] or b"\0")


def _inflated_message(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    """Say what is due at the greatest length, record by record; the honest peer has said its own."""
    said = _next(stage, number)
    _honest(stage)
    header = 12 if stage.pair.datagram else 4
    grown = inflate(said.fragment[0], said.fragment[header:]) if said.content_type == HANDSHAKE else []
    if not grown:
        return stage.pen.records(said.content_type, said.fragment)
    body = grown[number % len(grown)]
    if stage.pair.datagram:
        sequence = int.from_bytes(said.fragment[4:6])
        parts = stage.pen.fragments(said.fragment[0], body, sequence, LARGEST - header)
    else:
        message = stage.pen.message(said.fragment[0], body)
        parts = [message[i : i + LARGEST] for i in range(0, len(message), LARGEST)]
    return stage.pen.records(HANDSHAKE, *parts)


def _message_in_bytes(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    content = _next(stage, number).fragment
    return stage.pen.records(HANDSHAKE, *(content[i : i + 1] for i in range(len(content))))


def _messages_together(stage: Stage, data: bytes, number: int) -> list[bytes]:
    """Put a further message behind the next one, perhaps across a change of keys."""
    content = _next(stage, number).fragment
    further = stage.pen.message(number % 26, data, _sequence(stage, number) + 1)
    return stage.pen.records(HANDSHAKE, (content + further)[:LARGEST])


def _alert(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return stage.pen.records(ContentType.ALERT, bytes((number % 4, data[0] if data else 90)))


def _plain_alert(stage: Stage, data: bytes, number: int) -> list[bytes]:
    return [stage.pen.plain(ContentType.ALERT, bytes((number % 4, data[0] if data else 90)))]


def _change_cipher_spec(stage: Stage, data: bytes, _number: int) -> list[bytes]:
    return [stage.pen.plain(ContentType.CHANGE_CIPHER_SPEC, data[:1] or b"\x01")]


def _protected_change_cipher_spec(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    return stage.pen.records(ContentType.CHANGE_CIPHER_SPEC, b"\x01")


def _empty_data(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    return stage.pen.records(ContentType.APPLICATION_DATA, b"")


def _wait(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    stage.pair.now[0] += number % 70
    return []


def _end(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    stage.victim.wire.ended = not stage.pair.datagram
    return []


def _we_send(stage: Stage, data: bytes, _number: int) -> list[bytes]:
    _checked(stage.victim.session.record_send(data or b"ours"))
    return []


def _we_change_keys(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    _checked(stage.victim.session.key_update(bool(number % 2)))
    return []


def _we_ask_again(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    _checked(stage.victim.session.rehandshake())
    return []


def _we_begin_again(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    if not stage.victim.session._memory.write_closed:
        stage.victim.call = Session.handshake
    return []


def _we_close(stage: Stage, _data: bytes, _number: int) -> list[bytes]:
    if stage.victim.call is None:
        _checked(stage.victim.session.bye())
    return []


def _writes_block(stage: Stage, _data: bytes, number: int) -> list[bytes]:
    stage.victim.wire.blocks = number % 4
    return []


def _writes_are_cut(stage: Stage, data: bytes, _number: int) -> list[bytes]:
    if not stage.pair.datagram:
        stage.victim.wire.portions = [size + 1 for size in data]
    return []


def _checked(result: Code | Sent) -> None:
    """Require an answer; whether it is a success depends on the phase."""
    assert isinstance(result, Code | Sent), result
    assert result is not Code.INTERNAL_ERROR


DEEDS: Final[Mapping[str, Callable[[Stage, bytes, int], list[bytes]]]] = {
    "honest record": _honest_record,
    "bytes": _bytes,
    "record": _record,
    "changed record": _changed_record,
    "cut record": _cut_record,
    "repeated record": _repeated_record,
    "swapped records": _swapped_records,
    "spliced records": _spliced_records,
    "byte by byte": _byte_by_byte,
    "large header": _large_header,
    "protected": _protected,
    "known type": _known_type,
    "largest": _largest,
    "message": _message,
    "changed content": _changed_content,
    "changed message": _changed_message,
    "other's content": _others_content,
    "other's message": _others_message,
    "long message": _long_message,
    "inflated message": _inflated_message,
    "message in bytes": _message_in_bytes,
    "messages together": _messages_together,
    "alert": _alert,
    "plain alert": _plain_alert,
    "ChangeCipherSpec": _change_cipher_spec,
    "protected ChangeCipherSpec": _protected_change_cipher_spec,
    "empty data": _empty_data,
    "wait": _wait,
    "end": _end,
    "we send": _we_send,
    "we change keys": _we_change_keys,
    "we ask again": _we_ask_again,
    "we begin again": _we_begin_again,
    "we close": _we_close,
    "writes block": _writes_block,
    "writes are cut": _writes_are_cut,
}
"""Name -> (stage, bytes, number) -> what the victim reads, piece by piece."""
