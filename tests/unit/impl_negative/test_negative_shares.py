"""Key shares that no honest peer sends, in every version, role and group, after Wycheproof's cases."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from negative import CLIENT, DECODE, ILLEGAL, SERVER, Case, extension, refused, table, to, until

from fuzz.identities import certified_key
from impl import CipherSuite, NamedGroup, SignatureScheme
from impl.codec.enums import ExtensionType
from impl.codec.extensions import KeyShareEntry, build_key_share_client, build_key_share_server
from impl.codec.hello import ClientHello, ServerHello
from impl.codec.key_exchange import (
    ClientKeyExchange,
    ClientKeyExchangeOpaque,
    ServerKeyExchange,
    ServerKeyExchangeDhe,
    ServerKeyExchangeEcdhePsk,
)
from impl.crypto.finite_field import FIELDS, Field, named

SHARE = int(ExtensionType.KEY_SHARE)
X25519, P256, P384 = NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1
HYBRID = NamedGroup.X25519MLKEM768

LOW_ORDER = {
    "zero": bytes(32),
    "one": b"\x01" + bytes(31),
    "order 8": bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    "order 8, the other": bytes.fromhex("5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"),
    "p - 1": b"\xec" + b"\xff" * 30 + b"\x7f",
    "p": b"\xed" + b"\xff" * 30 + b"\x7f",
    "p + 1": b"\xee" + b"\xff" * 30 + b"\x7f",
    "zero, high bit": bytes(31) + b"\x80",
    "p + 1, high bit": b"\xee" + b"\xff" * 31,
}
"""Points of small order and what reduces to them: the shared secret is zero (RFC 7748 section 6.1)."""

_POINT = ec.derive_private_key(7, ec.SECP256R1()).public_key()
_GOOD = _POINT.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
_COMPRESSED = _POINT.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
_ON_P384 = (
    ec.derive_private_key(7, ec.SECP384R1())
    .public_key()
    .public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
)
_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
NO_POINTS = {
    "not on the curve": _GOOD[:-1] + bytes((_GOOD[-1] ^ 1,)),
    "the origin": b"\x04" + bytes(64),
    "infinity": b"\x00",
    "compressed": _COMPRESSED,
    "hybrid": bytes((6 + (_GOOD[-1] & 1),)) + _GOOD[1:],
    "compressed tag, full length": b"\x02" + _GOOD[1:],
    "x over the prime": b"\x04" + (int.from_bytes(_GOOD[1:33]) + _P).to_bytes(33)[-32:] + _GOOD[33:],
    "all ones": b"\x04" + b"\xff" * 64,
    "a byte short": _GOOD[:-1],
    "a byte long": _GOOD + b"\0",
    "of another curve": _ON_P384,
    "raw coordinates": _GOOD[1:],
}
"""What is no uncompressed point of P-256 (RFC 8446 section 4.2.8.2, RFC 8422 section 5.4)."""

CIPHERTEXT, ENCAPSULATION = 1088, 1184
LENGTHS = {"a byte short": -1, "a byte long": 1, "without X25519": -32}


def server_share(group, public):
    return extension(ServerHello, SHARE, build_key_share_server(KeyShareEntry(group, public))[1])


def client_share(group, public):
    return extension(ClientHello, SHARE, build_key_share_client([KeyShareEntry(group, public)])[1])


def in_tls13(scene, group, publics):
    for name, public in publics.items():
        yield Case(name, scene, CLIENT, 2, server_share(group, public), ILLEGAL)
        yield Case(name, scene, SERVER, 1, client_share(group, public), ILLEGAL)


def signed_again(scheme, key, **changes):
    """Change a signed share and sign it again, so that only the share is wrong."""

    def change(stage, body):
        parse = ServerKeyExchangeDhe if changes.keys() & {"prime", "generator"} else None
        message = parse or (ServerKeyExchangeDhe if scheme in _RSA_SCHEMES else ServerKeyExchange)
        agreed = stage.victim.session._memory.state.agreed
        wrong = replace(message.parse(body), scheme=scheme, **changes)
        content = wrong.signed_content(agreed.client_random, agreed.server_random)
        return replace(wrong, signature=certified_key(key).sign(scheme, content)).body()

    return change


_RSA_SCHEMES = (SignatureScheme.RSA_PSS_RSAE_SHA256,)


def in_tls12(scene, publics):
    for name, public in publics.items():
        yield Case(
            name, scene, CLIENT, 12, signed_again(SignatureScheme.ED25519, "ed25519", public=public), ILLEGAL
        )
        yield Case(name, scene, SERVER, 16, to(ClientKeyExchange(public).body()), ILLEGAL)


ON_X25519 = {**LOW_ORDER, "31 bytes": bytes(range(31)), "33 bytes": bytes(range(33))}


@table(*in_tls13("tls13", X25519, ON_X25519), *in_tls12("tls12", ON_X25519), *in_tls12("dtls12", ON_X25519))
def test_x25519_shares_without_a_secret_are_refused(case):
    assert refused(case) == case.refusal


@table(
    *in_tls13("tls13-p256", P256, NO_POINTS),
    *in_tls12("tls12-p256", NO_POINTS),
    *in_tls12("dtls12-p256", NO_POINTS),
)
def test_what_is_no_point_of_the_curve_is_refused(case):
    assert refused(case) == case.refusal


def test_the_points_that_the_others_are_made_of_are_good():
    assert refused(Case("", "tls13-p256", SERVER, 1, client_share(P256, _GOOD), ILLEGAL)) != ILLEGAL
    assert (
        refused(Case("", "tls12-p256", SERVER, 16, to(ClientKeyExchange(_GOOD).body()), ILLEGAL)) != ILLEGAL
    )


def resized(length, by):
    """Return a hybrid share with an honest X25519 half, of a length that is wrong by some bytes."""
    whole = bytes(length) + X_PUBLIC
    return whole[:by] if by < 0 else whole + bytes(by)


X_PUBLIC = b"\x09" + bytes(31)


@table(
    *(
        Case(name, "tls13-hybrid-only", CLIENT, 2, server_share(HYBRID, resized(CIPHERTEXT, by)), ILLEGAL)
        for name, by in LENGTHS.items()
    ),
    *(
        Case(name, "tls13-hybrid-only", SERVER, 1, client_share(HYBRID, resized(ENCAPSULATION, by)), ILLEGAL)
        for name, by in LENGTHS.items()
    ),
    *(
        Case(
            f"X25519 {name}",
            "tls13-hybrid-only",
            CLIENT,
            2,
            server_share(HYBRID, bytes(CIPHERTEXT) + point),
            ILLEGAL,
        )
        for name, point in LOW_ORDER.items()
    ),
    *(
        Case(
            f"X25519 {name}",
            "tls13-hybrid-only",
            SERVER,
            1,
            client_share(HYBRID, bytes(ENCAPSULATION) + point),
            ILLEGAL,
        )
        for name, point in LOW_ORDER.items()
    ),
    Case(
        "coefficients over q",
        "tls13-hybrid-only",
        SERVER,
        1,
        client_share(HYBRID, b"\xff" * ENCAPSULATION + X_PUBLIC),
        ILLEGAL,
    ),
    Case("the X25519 half alone", "tls13-hybrid-only", CLIENT, 2, server_share(HYBRID, X_PUBLIC), ILLEGAL),
    Case("a client's share", "tls13-hybrid-only", CLIENT, 2, server_share(HYBRID, bytes(1216)), ILLEGAL),
    Case("a server's share", "tls13-hybrid-only", SERVER, 1, client_share(HYBRID, bytes(1120)), ILLEGAL),
)
def test_hybrid_shares_that_are_not_well_formed_are_refused(case):
    assert refused(case) == case.refusal


@table(
    Case("of no bytes", "tls13", CLIENT, 2, extension(ServerHello, SHARE, b"\x00\x1d\x00\x00"), DECODE),
    Case("of no bytes", "tls13", SERVER, 1, extension(ClientHello, SHARE, b"\0\4\0\x1d\0\0"), DECODE),
    Case("of no bytes", "tls12", SERVER, 16, to(b"\x00"), DECODE),
    Case("too long for its length", "tls12", SERVER, 16, to(b"\x20" + bytes(33)), DECODE),
    Case("too short for its length", "tls12", SERVER, 16, to(b"\x20" + bytes(31)), DECODE),
    Case("a group that was not offered", "tls13", CLIENT, 2, server_share(0x001E, bytes(56)), ILLEGAL),
    Case("a group without a share of ours", "tls13", CLIENT, 2, server_share(P384, _ON_P384), ILLEGAL),
    Case("another than was asked for", "tls13-retry", CLIENT, 2, server_share(X25519, X_PUBLIC), ILLEGAL, 2),
    Case(
        "a group of TLS 1.3 only",
        "tls12",
        CLIENT,
        12,
        lambda _stage, body: b"\x03\x11\xec" + body[3:],
        ILLEGAL,
    ),
    Case(
        "a group that was not offered",
        "tls12",
        CLIENT,
        12,
        lambda _stage, body: b"\x03\x00\x19" + body[3:],
        ILLEGAL,
    ),
    Case("an explicit prime curve", "tls12", CLIENT, 12, lambda _stage, body: b"\x01" + body[1:], ILLEGAL),
    Case("an explicit binary curve", "tls12", CLIENT, 12, lambda _stage, body: b"\x02" + body[1:], ILLEGAL),
    Case("a curve type of 0", "tls12", CLIENT, 12, lambda _stage, body: b"\x00" + body[1:], ILLEGAL),
)
def test_shares_of_a_wrong_form_or_group_are_refused(case):
    assert refused(case) == case.refusal


FIELD = named(NamedGroup.FFDHE2048)
WIDTH = FIELD.length
NUMBERS = {"0": 0, "1": 1, "p - 1": FIELD.prime - 1, "p": FIELD.prime, "p + 1": FIELD.prime + 1}
PSS = SignatureScheme.RSA_PSS_RSAE_SHA256


def in_bytes(number):
    return number.to_bytes((number.bit_length() + 7) // 8 or 1)


def field(**changes):
    return signed_again(PSS, "rsa", **{name: in_bytes(number) for name, number in changes.items()})


def public(number):
    return to(ClientKeyExchangeOpaque(in_bytes(number)).body())


@table(
    *(Case(f"public {key}", "tls12-dhe", CLIENT, 12, field(public=y), ILLEGAL) for key, y in NUMBERS.items()),
    *(Case(f"public {key}", "tls12-dhe", SERVER, 16, public(y), ILLEGAL) for key, y in NUMBERS.items()),
    Case("a prime of 1024 bits", "tls12-dhe", CLIENT, 12, field(prime=2**1023 + 1155), ILLEGAL),
    Case("a prime of 2047 bits", "tls12-dhe", CLIENT, 12, field(prime=2**2046 + 1), ILLEGAL),
    Case("a prime of 8193 bits", "tls12-dhe", CLIENT, 12, field(prime=2**8192 + 1), ILLEGAL),
    Case("an even prime", "tls12-dhe", CLIENT, 12, field(prime=FIELD.prime - 1), ILLEGAL),
    Case("a prime of 0", "tls12-dhe", CLIENT, 12, field(prime=0), ILLEGAL),
    *(
        Case(f"generator {name}", "tls12-dhe", CLIENT, 12, field(generator=n), ILLEGAL)
        for name, n in NUMBERS.items()
    ),
    Case("no public number", "tls12-dhe", SERVER, 16, to(b"\0\0"), DECODE),
)
@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
def test_numbers_outside_the_field_and_weak_fields_are_refused(case):
    assert refused(case) == case.refusal


@pytest.mark.parametrize("group", FIELDS)
def test_the_bounds_on_a_servers_field_admit_what_is_in_use(group):
    prime = named(group).prime

    assert Field.named_by_peer(in_bytes(prime), b"\2") == Field(prime, 2)


def psk_share(public):
    def change(_stage, body):
        return replace(ServerKeyExchangeEcdhePsk.parse(body), public=public).body()

    return change


@table(
    *(
        Case(name, "tls12-ecdhe-psk", CLIENT, 12, psk_share(point), ILLEGAL)
        for name, point in LOW_ORDER.items()
    )
)
def test_a_share_beside_a_pre_shared_key_is_checked_too(case):
    assert refused(case) == case.refusal


def test_the_rows_play_in_the_phase_that_they_are_about():
    stage, body = until("tls12", CLIENT, 12)

    assert stage.victim.session.path[-1] == "WAIT_SKE"
    assert ServerKeyExchange.parse(body).group == X25519
    assert stage.victim.session._memory.state.agreed.suite.number in CipherSuite
