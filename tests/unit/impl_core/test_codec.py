"""Every message is written as it is read, and nothing that a peer sends gets past the parsers' two errors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import rfc8448 as rfc
from hypothesis import example, given
from hypothesis import strategies as st

from impl.alerts import AlertDescription
from impl.codec import extensions as ext
from impl.codec.alert import Alert
from impl.codec.certificate import (
    Certificate12,
    Certificate13,
    CertificateEntry,
    CertificateRequest12,
    CertificateRequest13,
    CertificateStatus,
    CertificateVerify,
)
from impl.codec.encrypted_extensions import EncryptedExtensions
from impl.codec.enums import ExtensionType, HandshakeType, ProtocolVersion
from impl.codec.extensions import Extensions, KeyShareEntry
from impl.codec.finished import Finished
from impl.codec.hello import (
    DOWNGRADE_TLS11,
    DOWNGRADE_TLS12,
    HELLO_RETRY_REQUEST_RANDOM,
    ClientHello,
    HelloRequest,
    ServerHello,
)
from impl.codec.key_exchange import ClientKeyExchange, ServerHelloDone, ServerKeyExchange
from impl.codec.messages import MESSAGES, HandshakeMessage, encode, handshake
from impl.codec.post_handshake import EndOfEarlyData, KeyUpdate, NewSessionTicket12, NewSessionTicket13
from impl.codec.wire import CodecError, DecodeError, IllegalParameter, Reader

TLS12, TLS13 = ProtocolVersion.TLS12, ProtocolVersion.TLS13

u8s = st.integers(0, 0xFF)
u16s = st.integers(0, 0xFFFF)
u32s = st.integers(0, 0xFFFFFFFF)
contents = st.binary(max_size=40)
filled = st.binary(min_size=1, max_size=40)
randoms = st.binary(min_size=32, max_size=32)
numbers = st.lists(u16s, min_size=1, max_size=8).map(tuple)
bytes_list = st.lists(filled, max_size=3).map(tuple)

extension_types = u16s.filter(lambda kind: kind != ExtensionType.PRE_SHARED_KEY)
entries = st.tuples(extension_types, contents)


def blocks(min_size: int) -> st.SearchStrategy[Extensions]:
    """Draw extensions of different types, at least `min_size` of them."""
    lists = st.lists(entries, min_size=min_size, max_size=5, unique_by=lambda entry: entry[0])
    return lists.map(lambda drawn: Extensions(tuple(drawn)))


extension_blocks, nonempty_blocks = blocks(0), blocks(1)

MESSAGE_STRATEGIES: dict[type[HandshakeMessage], st.SearchStrategy[HandshakeMessage]] = {
    HelloRequest: st.builds(HelloRequest),
    ClientHello: st.builds(
        ClientHello,
        random=randoms,
        session_id=st.binary(max_size=32),
        cipher_suites=numbers,
        extensions=extension_blocks,
        compression_methods=st.lists(u8s, max_size=3).map(lambda methods: (*methods, 0)),
        legacy_version=u16s,
    ),
    ServerHello: st.builds(
        ServerHello,
        random=randoms,
        session_id=st.binary(max_size=32),
        cipher_suite=u16s,
        extensions=extension_blocks,
        legacy_version=u16s,
    ),
    NewSessionTicket12: st.builds(NewSessionTicket12, u32s, contents),
    NewSessionTicket13: st.builds(NewSessionTicket13, u32s, u32s, contents, filled, extension_blocks),
    EndOfEarlyData: st.builds(EndOfEarlyData),
    EncryptedExtensions: st.builds(EncryptedExtensions, extension_blocks),
    Certificate12: st.builds(Certificate12, bytes_list),
    Certificate13: st.builds(
        Certificate13,
        st.lists(st.builds(CertificateEntry, filled, extension_blocks), max_size=3).map(tuple),
        contents,
    ),
    ServerKeyExchange: st.builds(ServerKeyExchange, u16s, filled, u16s, contents),
    CertificateRequest12: st.builds(
        CertificateRequest12, st.lists(u8s, min_size=1, max_size=4).map(tuple), numbers, bytes_list
    ),
    CertificateRequest13: st.builds(CertificateRequest13, nonempty_blocks, contents),
    ServerHelloDone: st.builds(ServerHelloDone),
    CertificateVerify: st.builds(CertificateVerify, u16s, contents),
    ClientKeyExchange: st.builds(ClientKeyExchange, filled),
    Finished: st.builds(
        Finished, st.sampled_from((12, 32, 48)).flatmap(lambda n: st.binary(min_size=n, max_size=n))
    ),
    CertificateStatus: st.builds(CertificateStatus, filled),
    KeyUpdate: st.builds(KeyUpdate, st.booleans()),
}
messages = st.one_of(*MESSAGE_STRATEGIES.values())
message_classes = st.sampled_from(list(MESSAGE_STRATEGIES))

EXTENSION_PARSERS: tuple[Callable[[bytes], object], ...] = (
    ext.parse_empty,
    ext.parse_server_name,
    ext.parse_supported_groups,
    ext.parse_ec_point_formats,
    ext.parse_signature_algorithms,
    ext.parse_alpn,
    ext.parse_alpn_choice,
    ext.parse_renegotiation_info,
    ext.parse_supported_versions_client,
    ext.parse_supported_versions_server,
    ext.parse_key_share_client,
    ext.parse_key_share_server,
    ext.parse_key_share_retry,
    ext.parse_psk_key_exchange_modes,
    ext.parse_cookie,
)


REFUSED = object()


def read(parse: Callable[[bytes], object], data: bytes) -> Any:
    """Return what `parse` makes of `data`, or REFUSED if it says why in one line and with the right alert."""
    try:
        return parse(data)
    except CodecError as error:
        alerts = (AlertDescription.DECODE_ERROR, AlertDescription.ILLEGAL_PARAMETER)
        if error.alert not in alerts or len(str(error).splitlines()) != 1:
            raise
        return REFUSED


def test_the_table_and_these_tests_know_the_same_messages() -> None:
    in_tables = {cls for table in MESSAGES.values() for cls in table.values()}

    assert in_tables == set(MESSAGE_STRATEGIES)
    for table in MESSAGES.values():
        for number, cls in table.items():
            assert number == cls.TYPE


@given(messages)
def test_a_message_is_read_back_as_it_was_written(message: HandshakeMessage) -> None:
    body = message.body()

    assert type(message).parse(body) == message
    assert encode(message) == handshake(message.TYPE, body)
    assert encode(message)[:4] == bytes((message.TYPE,)) + len(body).to_bytes(3)


@given(messages, filled)
def test_bytes_behind_a_message_are_refused(message: HandshakeMessage, more: bytes) -> None:
    body = message.body()
    if isinstance(message, ClientHello | ServerHello) and not message.extensions:
        body = message.body() + b"\0\0"
    if isinstance(message, Finished):
        body = bytes(48)

    with pytest.raises(DecodeError):
        type(message).parse(body + more)


@given(messages)
def test_a_message_cut_short_anywhere_is_refused(message: HandshakeMessage) -> None:
    """Except where a shorter message stands in front: a hello before its extensions, a shorter Finished."""
    body = message.body()
    whole = set()
    if isinstance(message, ClientHello | ServerHello) and message.extensions:
        whole = {len(body) - len(message.extensions.encode())}
    if isinstance(message, Finished):
        whole = {12, 32}

    for length in range(len(body)):
        if length not in whole:
            with pytest.raises(DecodeError) as caught:
                type(message).parse(body[:length])
            assert caught.value.alert is AlertDescription.DECODE_ERROR


@given(message_classes, st.binary(max_size=200))
@example(ClientHello, b"")
def test_arbitrary_bytes_are_a_message_or_refused(cls: type[HandshakeMessage], data: bytes) -> None:
    message = read(cls.parse, data)

    assert message is REFUSED or cls.parse(message.body()) == message


@given(messages, st.data())
def test_a_message_with_a_byte_changed_is_a_message_or_refused(
    message: HandshakeMessage, data: st.DataObject
) -> None:
    body = bytearray(message.body())
    if body:
        place = data.draw(st.integers(0, len(body) - 1))
        body[place] ^= data.draw(st.integers(1, 255))
    again = read(type(message).parse, bytes(body))

    assert again is REFUSED or type(message).parse(again.body()) == again


@given(st.sampled_from(EXTENSION_PARSERS), st.binary(max_size=60))
def test_arbitrary_bytes_are_an_extension_or_refused(parse: Callable[[bytes], object], data: bytes) -> None:
    assert read(parse, data) == read(parse, data)


@given(
    numbers, st.lists(u8s, min_size=1, max_size=5).map(tuple), st.lists(filled, min_size=1).map(tuple), filled
)
def test_extensions_are_read_back_as_they_were_written(
    wide: tuple[int, ...], narrow: tuple[int, ...], names: tuple[bytes, ...], blob: bytes
) -> None:
    groups = dict.fromkeys(wide)
    shares = tuple(KeyShareEntry(group, blob) for group in groups)
    pairs: list[tuple[Callable[[bytes], object], tuple[int, bytes], object]] = [
        (ext.parse_server_name, ext.build_server_name("example.org"), "example.org"),
        (ext.parse_supported_groups, ext.build_supported_groups(wide), wide),
        (ext.parse_ec_point_formats, ext.build_ec_point_formats(narrow), narrow),
        (ext.parse_signature_algorithms, ext.build_signature_algorithms(wide), wide),
        (ext.parse_signature_algorithms, ext.build_signature_algorithms_cert(wide), wide),
        (ext.parse_alpn, ext.build_alpn(names), names),
        (ext.parse_alpn_choice, ext.build_alpn(names[:1]), names[0]),
        (ext.parse_empty, ext.build_extended_master_secret(), None),
        (ext.parse_renegotiation_info, ext.build_renegotiation_info(blob), blob),
        (ext.parse_renegotiation_info, ext.build_renegotiation_info(), b""),
        (ext.parse_supported_versions_client, ext.build_supported_versions_client(wide), wide),
        (ext.parse_supported_versions_server, ext.build_supported_versions_server(wide[0]), wide[0]),
        (ext.parse_key_share_client, ext.build_key_share_client(shares), shares),
        (ext.parse_key_share_client, ext.build_key_share_client(()), ()),
        (ext.parse_key_share_server, ext.build_key_share_server(shares[0]), shares[0]),
        (ext.parse_key_share_retry, ext.build_key_share_retry(wide[0]), wide[0]),
        (ext.parse_psk_key_exchange_modes, ext.build_psk_key_exchange_modes(narrow), narrow),
        (ext.parse_cookie, ext.build_cookie(blob), blob),
    ]

    for parse, (kind, content), value in pairs:
        assert parse(content) == value
        assert Extensions.parse(Extensions.of((kind, content), None).encode()[2:]).get(kind) == content
        with pytest.raises(DecodeError):
            parse(content + b"\0")


@pytest.mark.parametrize(
    ("refuse", "reason"),
    [
        (lambda: Extensions.parse(b"\0\x0a\0\0" * 2), "twice"),
        (lambda: ext.parse_server_name(b"\0\x08\0\0\1a\0\0\1b"), "two names"),
        (lambda: ext.parse_server_name(b"\0\4\0\0\1\xff"), "ASCII"),
        (lambda: ext.parse_server_name(b"\0\4\0\0\1\0"), "ASCII"),
        (lambda: ext.parse_key_share_client(b"\0\x0a" + b"\0\x1d\0\1a" * 2), "twice"),
        (lambda: KeyUpdate.parse(b"\2"), "asks for 2"),
        (lambda: CertificateStatus.parse(b"\2\0\0\1a"), "type 2"),
        (lambda: ServerKeyExchange.parse(b"\1\0\x17\1a\4\3\0\1s"), "curve type 1"),
        (lambda: ClientHello.parse(bytes(34) + b"\0\0\2\x13\1\1\1"), "null compression"),
        (lambda: ClientHello.parse(bytes(34) + b"\0\0\2\x13\1\1\0\0\x08\0\x29\0\0\0\x2b\0\0"), "last"),
        (lambda: ServerHello.parse(bytes(34) + b"\0\x13\1\1"), "compression method 1"),
    ],
)
def test_forbidden_values_are_illegal_parameters(refuse: Callable[[], object], reason: str) -> None:
    with pytest.raises(IllegalParameter, match=reason) as caught:
        refuse()

    assert caught.value.alert is AlertDescription.ILLEGAL_PARAMETER


@pytest.mark.parametrize(
    "refuse",
    [
        lambda: ClientHello.parse(bytes(34) + b"\x21" + bytes(33) + b"\0\2\x13\1\1\0"),
        lambda: ClientHello.parse(bytes(34) + b"\0\0\0\1\0"),
        lambda: ClientHello.parse(bytes(34) + b"\0\0\3\x13\1\0\1\0"),
        lambda: ClientHello.parse(bytes(34) + b"\0\0\2\x13\1\0"),
        lambda: Certificate12.parse(b"\0\0\3\0\0\0"),
        lambda: Certificate13.parse(b"\0\0\0\5\0\0\0\0\0"),
        lambda: CertificateRequest12.parse(b"\0\0\2\4\3\0\0"),
        lambda: CertificateRequest13.parse(b"\0\0\0"),
        lambda: NewSessionTicket13.parse(bytes(8) + b"\0\0\0\0\0"),
        lambda: ClientKeyExchange.parse(b"\0"),
        lambda: Finished.parse(bytes(31)),
        lambda: Alert.parse(b"\2"),
        lambda: Alert.parse(b"\2\0\0"),
        lambda: ext.parse_alpn_choice(b"\0\4\1a\1b"),
        lambda: ext.parse_alpn(b"\0\2\0\0"),
        lambda: ext.parse_supported_groups(b"\0\0"),
        lambda: ext.parse_supported_groups(b"\0\3\0\x1d\0"),
        lambda: ext.parse_key_share_server(b"\0\x1d\0\0"),
        lambda: ext.parse_cookie(b"\0\0"),
    ],
)
def test_lengths_out_of_their_range_are_decode_errors(refuse: Callable[[], object]) -> None:
    with pytest.raises(DecodeError):
        refuse()


def test_unknown_numbers_are_kept() -> None:
    hello = ClientHello(bytes(32), b"", (0x0A0A, 0xFFFF), Extensions.of((0x0A0A, b"grease")))
    parsed = ClientHello.parse(hello.body())

    assert parsed.cipher_suites == (0x0A0A, 0xFFFF)
    assert list(parsed.extensions) == [(0x0A0A, b"grease")]
    assert ext.parse_supported_groups(b"\0\2\x0a\x0a") == (0x0A0A,)
    assert ext.parse_server_name(b"\0\4\7\0\1a") is None
    assert Alert.parse(b"\7\xff") == Alert(7, 255)
    assert Alert(7, 255).body() == b"\7\xff"


def test_extensions_are_found_by_their_numbers() -> None:
    block = Extensions.of(ext.build_cookie(b"c"), None, ext.build_extended_master_secret())

    assert block.types() == (ExtensionType.COOKIE, ExtensionType.EXTENDED_MASTER_SECRET)
    assert ExtensionType.COOKIE in block
    assert block.get(ExtensionType.EXTENDED_MASTER_SECRET) == b""
    assert block.get(ExtensionType.ALPN) is None
    assert ExtensionType.ALPN not in block
    assert not Extensions()


def test_a_hello_without_extensions_has_no_extensions_length() -> None:
    bare = ClientHello(bytes(32), b"", (0xC02F,)).body()

    assert bare == b"\x03\x03" + bytes(32) + b"\0" + b"\0\2\xc0\x2f" + b"\1\0"
    assert ClientHello.parse(bare + b"\0\0") == ClientHello.parse(bare)


def test_special_randoms_are_recognised() -> None:
    retry = ServerHello(HELLO_RETRY_REQUEST_RANDOM, b"", 0x1301)
    low, lower = (
        ServerHello(bytes(24) + DOWNGRADE_TLS12, b"", 1),
        ServerHello(bytes(24) + DOWNGRADE_TLS11, b"", 1),
    )
    plain = ServerHello(DOWNGRADE_TLS12 + bytes(24), b"", 1)

    assert hashlib.sha256(b"HelloRetryRequest").digest() == HELLO_RETRY_REQUEST_RANDOM
    assert (retry.is_hello_retry_request, retry.downgraded) == (True, False)
    assert (low.downgraded, lower.downgraded, plain.downgraded) == (True, True, False)
    assert not plain.is_hello_retry_request


def test_a_server_signs_both_randoms_and_its_share() -> None:
    """RFC 8422 section 5.4."""
    message = ServerKeyExchange(0x0017, b"point", 0x0403, b"signature")

    assert message.signed_content(b"c" * 32, b"s" * 32) == b"c" * 32 + b"s" * 32 + b"\3\0\x17\5point"
    assert message.body().startswith(b"\3\0\x17\5point\4\3")


def test_a_reader_never_passes_its_end() -> None:
    reader = Reader(b"\1\2\3\4\5\6\7\x08\x09\x0a\x0b", "numbers")

    assert (reader.u8(), reader.u16(), reader.u24(), reader.u32()) == (1, 0x0203, 0x040506, 0x0708090A)
    assert reader
    with pytest.raises(DecodeError, match="numbers ends 1 bytes early"):
        reader.u16()
    with pytest.raises(DecodeError, match="1 bytes too many in numbers"):
        reader.end()
    assert reader.take(1) == b"\x0b"
    reader.end()
    assert not reader


def test_the_trace_of_rfc_8448_has_the_messages_of_tls13() -> None:
    hello = ClientHello.parse(rfc.CLIENT_HELLO_RECORD[9:])
    shares = ext.parse_key_share_client(hello.extensions.get(ExtensionType.KEY_SHARE) or b"")

    assert [share.group for share in shares] == [0x001D]
    assert set(MESSAGES[TLS13]) - set(MESSAGES[TLS12]) == {
        HandshakeType.END_OF_EARLY_DATA,
        HandshakeType.ENCRYPTED_EXTENSIONS,
        HandshakeType.KEY_UPDATE,
    }
