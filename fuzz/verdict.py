"""What must hold of a session whatever its peer does; `endure` lets it meet a peer's deeds and checks.

Nothing but the application's own callbacks may raise; every call comes back after a bounded number of reads;
what is held is bounded; a fatal code is followed by the alert that the caller asks for, and by nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from fuzz.alerts import ANSWERS, level
from fuzz.deeds import Deed
from fuzz.footprint import footprint
from fuzz.pair import DATAGRAM_HEADER, RECORD_HEADER
from fuzz.stage import Point, Stage
from impl import AlertDescription, Code, Received, Session
from impl.codec.enums import ContentType
from impl.limits import MAX_PULL, MAX_SESSION_MEMORY

_DEAD_CALLS: Final = {
    "handshake": Session.handshake,
    "record_recv": Session.record_recv,
    "record_send": lambda session: session.record_send(b"late"),
    "key_update": Session.key_update,
    "rehandshake": Session.rehandshake,
    "bye": Session.bye,
}


def endure(point: Point, deeds: Iterable[Deed]) -> Code | None:
    """Let a session meet `deeds` and check all that must hold; return the fatal code if there was one."""
    stage = Stage(point)
    stage.exchange()
    unchecked = 0
    for deed in deeds:
        pieces = deed.pieces(stage)
        stage.victim.wire.incoming.extend(pieces)
        size = sum(map(len, pieces))
        code = run(stage, size)
        unchecked += size
        if unchecked > MAX_PULL:
            check_memory(stage)
            unchecked = 0
        if code is not None:
            check_memory(stage)
            check_alert(stage, code)
            check_death(stage)
            return code
    check_memory(stage)
    return None


def run(stage: Stage, size: int) -> Code | None:
    """Call until there is nothing to read, at most once per byte; return the fatal code if there was one."""
    actor = stage.victim
    for _ in range(size + 16):
        result = actor.turn()
        assert isinstance(result, Code | Received), result
        if isinstance(result, Received):
            if not result.data:
                return None
        elif result.is_fatal:
            assert result in ANSWERS, (result.name, reason(stage))
            excused = "in one handshake" in reason(stage)
            assert result is not Code.INTERNAL_ERROR or excused, f"an error of ours: {reason(stage)}"
            return result
        elif result is Code.AGAIN and not actor.wire.incoming and not actor.session.record_get_direction():
            return None
    raise AssertionError(f"{size} bytes cause more than {size + 16} calls, the last of them {result!r}")


def reason(stage: Stage) -> str:
    """Return why the session has ended, in its own words."""
    return str(stage.victim.session._memory.failure)


def check_memory(stage: Stage) -> None:
    """Check how much the session holds of what its peer has sent."""
    held = footprint(stage.victim.session)
    assert held <= MAX_SESSION_MEMORY, f"a session holds {held} bytes"


def check_alert(stage: Stage, code: Code) -> AlertDescription | None:
    """Check that an alert that may answer `code` goes out, if one is due, and is the last; return it."""
    actor = stage.victim
    actor.wire.settle()
    stage.pair.units(actor)
    opener = _opener(stage)
    closed = actor.session._memory.write_closed
    answer = actor.session.alert_send_appropriate(code)
    if not ANSWERS[code]:
        assert (answer, list(actor.wire.written)) == (Code.SUCCESS, [])
        return None
    if closed:
        assert (answer, list(actor.wire.written)) == (Code.INVALID_SESSION, [])
        return None
    assert answer is Code.SUCCESS, answer
    content_type, content = opener(stage.pair.units(actor)[-1])
    assert content_type == ContentType.ALERT, (content_type, content)
    assert len(content) == 2, content
    description = AlertDescription(content[1])
    assert description in ANSWERS[code], (code.name, description.name, reason(stage))
    assert content[0] == level(description), (description.name, content[0])
    return description


def _opener(stage: Stage):
    """Return what opens the record that the victim writes last, with keys as they are now."""
    channel = stage.victim.session._memory.channel
    if not stage.pair.datagram:
        protection = channel.writer._protection

        def open_stream(record: bytes) -> tuple[int, bytes]:
            if protection is None:
                return record[0], record[RECORD_HEADER:]
            sequence = channel.writer._sequence - 1
            return protection.open(sequence, record[:RECORD_HEADER], record[RECORD_HEADER:])

        return open_stream
    sending = channel._writer._epochs[channel._writer.epoch]

    def open_datagram(record: bytes) -> tuple[int, bytes]:
        if sending.protection is None:
            return record[0], record[DATAGRAM_HEADER:]
        number = int.from_bytes(record[3:11])
        return sending.protection.open(number, record[:3], record[DATAGRAM_HEADER:])

    return open_datagram


def check_death(stage: Stage) -> None:
    """Check that no call does anything any more, whatever arrives."""
    actor = stage.victim
    actor.wire.settle()
    actor.wire.written.clear()
    actor.wire.incoming.extend(stage.pending)
    for name, call in _DEAD_CALLS.items():
        result = call(actor.session)
        assert result in (Code.INVALID_SESSION, Code.INVALID_REQUEST), (name, result)
    assert not actor.wire.written, "a dead session writes"
    assert not actor.session.is_complete
    assert actor.session.session_data() is None
