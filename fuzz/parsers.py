"""What of the codec reads bytes of a peer: found by its name, so that a new parser needs no entry."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from typing import Final

import impl.codec
from fuzz.stage import is_fragment, sayings
from impl import SavedSession, TicketKeys
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.wire import CodecError
from impl.record.reassembly import fragments

Parser = Callable[[bytes], object]


def _found() -> Iterator[tuple[str, Parser]]:
    for info in pkgutil.iter_modules(impl.codec.__path__):
        module = importlib.import_module(f"impl.codec.{info.name}")
        for name, item in vars(module).items():
            if getattr(item, "__module__", None) != module.__name__:
                continue
            if isinstance(item, type) and "parse" in vars(item) and not getattr(item, "_is_protocol", False):
                yield f"{info.name}.{name}", item.parse
            elif name.startswith("parse_"):
                yield f"{info.name}.{name}", item


@cache
def parsers() -> Mapping[str, Parser]:
    """Return the parsers by name: those of the codec and of the DTLS fragment header."""
    return {**dict(_found()), "reassembly.fragments": fragments}


@cache
def honest(name: str) -> tuple[bytes, ...]:
    """Return what honest peers say that this parser understands: messages, their extensions, fragments."""
    return tuple(item for item in _honest_pieces() if check_parser(name, item))


@cache
def _honest_pieces() -> tuple[bytes, ...]:
    found = []
    for said in sayings():
        header = 12 if is_fragment(said) else 4
        body = said.fragment[header:]
        found += [said.fragment, body]
        for parse in (ClientHello.parse, ServerHello.parse, EncryptedExtensions.parse):
            with suppress(CodecError):
                found += [content for _, content in parse(body).extensions]
    return tuple(dict.fromkeys(found))


TICKETS: Final = TicketKeys(bytes(range(64)))


def check_parser(name: str, data: bytes) -> bool:
    """Let a parser read `data`, and what it understood once more; tell whether it understood anything.

    Nothing but `CodecError` may be raised; what was understood reads the same after it is written.
    """
    parse = parsers()[name]
    try:
        found = parse(data)
    except CodecError as error:
        refusal = error
    else:
        _check_written(parse, found)
        return True
    assert refusal.alert, "a refusal has its alert"
    assert "\n" not in str(refusal), "a reason is one line"
    return False


def _check_written(parse: Parser, found: object) -> None:
    write = getattr(found, "body", None)
    if callable(write):
        written = write()
        assert parse(written) == found, "what is written is what was read"
        assert parse(written).body() == written


def check_kept(data: bytes, now: float = 0.0) -> None:
    """Read what comes back from where a client or a peer kept it: a saved session, a ticket."""
    with suppress(ValueError):
        SavedSession.from_bytes(data)
    assert TICKETS.open(data, now) is None
