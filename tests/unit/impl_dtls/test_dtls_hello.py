"""The hellos of DTLS and the cookie between them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from impl.codec.datagram_hello import DatagramClientHello, HelloVerifyRequest
from impl.codec.enums import HandshakeType, ProtocolVersion
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello
from impl.codec.messages import encode
from impl.codec.wire import CodecError, DecodeError, IllegalParameter
from impl.dtls12 import cookie

HELLO = DatagramClientHello(
    random=bytes(range(32)),
    session_id=b"session",
    cipher_suites=(0xC02B, 0xFF),
    extensions=Extensions.of((23, b"")),
)

hellos = st.builds(
    DatagramClientHello,
    random=st.binary(min_size=32, max_size=32),
    session_id=st.binary(max_size=32),
    cipher_suites=st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=5).map(tuple),
    cookie=st.binary(max_size=255),
)


@given(hellos)
def test_a_client_hello_round_trips_with_its_cookie(hello):
    assert DatagramClientHello.parse(hello.body()) == hello


@given(st.binary(max_size=255))
def test_a_hello_verify_request_round_trips(value):
    request = HelloVerifyRequest(value)

    assert HelloVerifyRequest.parse(request.body()) == request


def test_the_cookie_stands_behind_the_session_id():
    body = replace(HELLO, cookie=b"cookie").body()

    assert body.startswith(b"\xfe\xfd" + HELLO.random + b"\x07session" + b"\x06cookie" + b"\x00\x04")
    assert (
        ClientHello.parse(replace(HELLO).body().replace(b"session\x00", b"session", 1)).random == HELLO.random
    )


def test_a_hello_verify_request_says_dtls_1_0():
    message = encode(HelloVerifyRequest(b"ab"))

    assert message == bytes.fromhex("03 000005 feff 02") + b"ab"
    assert message[0] == HandshakeType.HELLO_VERIFY_REQUEST


@pytest.mark.parametrize("end", range(0, 60, 7))
def test_a_client_hello_that_ends_early_is_refused(end):
    with pytest.raises(DecodeError):
        DatagramClientHello.parse(HELLO.body()[:end])


def test_what_tls_forbids_in_a_client_hello_dtls_forbids():
    with pytest.raises(IllegalParameter):
        DatagramClientHello.parse(replace(HELLO, compression_methods=(1,)).body())


@given(st.binary(max_size=80))
def test_any_bytes_are_hellos_or_refused(body):
    for kind in (DatagramClientHello, HelloVerifyRequest):
        try:
            parsed = kind.parse(body)
        except CodecError:
            continue
        assert parsed.body() == body


def answered(hello: DatagramClientHello) -> DatagramClientHello:
    """Return a hello with the cookie that it gets."""
    return replace(hello, cookie=cookie.make(b"secret", b"address", hello))


def test_a_cookie_is_valid_for_the_hello_that_got_it_and_needs_no_memory():
    assert cookie.is_valid(b"secret", b"address", answered(HELLO))
    assert not cookie.is_valid(b"secret", b"address", HELLO)
    assert len(answered(HELLO).cookie) == 32


@pytest.mark.parametrize(
    "change",
    [
        {"random": bytes(32)},
        {"session_id": b""},
        {"cipher_suites": (0xC02C, 0xFF)},
        {"compression_methods": (0, 1)},
        {"legacy_version": ProtocolVersion.DTLS10},
        {"cookie": bytes(32)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_cookie_is_void_once_a_parameter_changes(change):
    assert not cookie.is_valid(b"secret", b"address", replace(answered(HELLO), **change))


def test_a_cookie_is_void_at_another_address_under_another_secret_or_cut_short():
    hello = answered(HELLO)

    assert not cookie.is_valid(b"secret", b"elsewhere", hello)
    assert not cookie.is_valid(b"other", b"address", hello)
    assert not cookie.is_valid(b"secret", b"address", replace(hello, cookie=hello.cookie[:-1]))
