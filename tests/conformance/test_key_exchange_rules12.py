"""Key exchange and signatures of TLS 1.2 (RFC 5246 sections 7.4.2 to 7.4.8)."""

import hashlib
from dataclasses import replace

import pytest
from conform_support import BOTH, alert_of, client, hello_of, server, told
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding
from flow_certificates import authority, certified_key, pem, trust
from flow_support import TLS12, handshake_record, pair, say

from impl import AlertDescription, CipherSuite, ClientAuth, Code, NamedGroup, SignatureScheme
from impl.codec.certificate import Certificate12, CertificateVerify
from impl.codec.key_exchange import ClientKeyExchangeOpaque, ServerHelloDone, ServerKeyExchange
from impl.codec.messages import encode
from impl.credentials import Trust, load_certified_key
from impl.crypto import rsa
from impl.crypto.finite_field import FIELDS, FieldShare, named
from impl.step import Send
from impl.tls12.exchange import ServerRsa

OLD = {"versions": (TLS12,)}
ILLEGAL = Code.RECEIVED_ILLEGAL_PARAMETER
RSA = CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256


def answered(*messages, kind="ed25519", **settings):
    """What a client says when `messages` take the place of those behind ServerHello."""
    both = pair(client(**OLD, **settings), server(kind, **OLD))
    both.client.handshake()
    both.server.handshake()
    incoming = both.client_wire.incoming
    del incoming[5 + int.from_bytes(incoming[3:5]) :]
    assert both.client.handshake() is Code.AGAIN
    say(both.server, Send(tuple(map(encode, messages))))
    return both, both.client.handshake()


def exchange(kind="ed25519", **changes):
    """Certificate and ServerKeyExchange as the server of a pair would send them, but for some changes."""
    both = pair(client(**OLD), server(kind, **OLD))
    told = []
    both.server.set_message_hook(told.append)
    both.client.handshake()
    both.server.handshake()
    bodies = {item.message_type: item.body for item in told}
    return (
        Certificate12(certified_key(kind).chain),
        replace(ServerKeyExchange.parse(bytes(bodies[12])), **changes),
        ServerHelloDone(),
    )


def test_the_exchange_of_the_server_as_it_is_is_taken():
    both, code = answered(*exchange())

    assert code is Code.AGAIN
    assert both.client.path[-1] == "WAIT_CCS"


@pytest.mark.parametrize(
    "changes, code",
    [
        ({"scheme": 0x0203}, ILLEGAL),
        ({"scheme": SignatureScheme.ECDSA_SECP256R1_SHA256}, ILLEGAL),
        ({"signature": bytes(64)}, Code.PK_SIG_VERIFY_FAILED),
        ({"public": bytes(range(32))}, Code.PK_SIG_VERIFY_FAILED),
        ({"group": NamedGroup.SECP521R1}, ILLEGAL),
    ],
    ids=[
        "scheme not offered",
        "scheme of another key",
        "wrong signature",
        "another share",
        "group not offered",
    ],
)
def test_an_exchange_that_does_not_fit_offer_and_key_is_refused(changes, code):
    both, found = answered(*exchange(**changes))

    assert found is code
    expected = "ILLEGAL_PARAMETER" if code is ILLEGAL else "DECRYPT_ERROR"
    assert alert_of(both.client).name == expected


def test_a_certificate_whose_key_does_not_fit_the_suite_is_refused():
    shown = Certificate12(certified_key("rsa").chain)
    both, code = answered(shown)

    assert code is ILLEGAL
    assert alert_of(both.client) is AlertDescription.ILLEGAL_PARAMETER


def test_a_server_chooses_a_suite_only_with_a_scheme_that_the_client_offers():
    schemes = {"signature_schemes": (SignatureScheme.RSA_PSS_RSAE_SHA256,)}
    keys = (certified_key("ecdsa"), certified_key("rsa"))
    both = pair(client(**OLD, **schemes), server(**OLD, certified_keys=keys))

    assert both.handshake() == BOTH
    assert both.client.parameters.cipher_suite.name.startswith("TLS_ECDHE_RSA")
    assert both.client.parameters.signature_scheme is SignatureScheme.RSA_PSS_RSAE_SHA256


def test_a_server_shows_no_certificate_whose_curve_the_client_does_not_list():
    groups = {"groups": (NamedGroup.X25519, NamedGroup.SECP256R1)}
    key = certified_key("ecdsa384")
    assert told(hello_of(client(**OLD, **groups)), server("ecdsa384", **OLD))[1] is Code.NO_CIPHER_SUITES

    fallback = pair(client(**OLD, **groups), server(**OLD, certified_keys=(key, certified_key("rsa"))))
    assert fallback.handshake() == BOTH
    assert fallback.client.parameters.peer_certificates == certified_key("rsa").chain
    assert pair(client(**OLD), server("ecdsa384", **OLD)).handshake() == BOTH


def restricted(**allowed):
    """An RSA key whose certificate allows one use only."""
    issuer, issuer_key = authority("authority.test")
    certificate, private = pem("rsa")
    original = x509.load_pem_x509_certificate(certificate)
    uses = dict.fromkeys(
        ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(original.subject)
        .issuer_name(issuer.subject)
        .public_key(original.public_key())
        .serial_number(3)
        .not_valid_before(original.not_valid_before_utc)
        .not_valid_after(original.not_valid_after_utc)
    )
    for extension in original.extensions:
        value = extension.value
        if isinstance(value, x509.KeyUsage):
            value = x509.KeyUsage(**{**uses, **allowed})
        builder = builder.add_extension(value, critical=extension.critical)
    signed = builder.sign(issuer_key, hashes.SHA256())
    return load_certified_key(signed.public_bytes(Encoding.PEM), private)


def test_a_key_signs_and_decrypts_only_as_its_certificate_lets_it():
    signing, decrypting = restricted(digital_signature=True), restricted(key_encipherment=True)
    ecdhe = (CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,)

    for key, suites, code in (
        (signing, ecdhe, Code.AGAIN),
        (signing, (RSA,), Code.NO_CIPHER_SUITES),
        (decrypting, (RSA,), Code.AGAIN),
        (decrypting, ecdhe, Code.NO_CIPHER_SUITES),
    ):
        settings = {**OLD, "cipher_suites": suites}
        assert told(hello_of(client(**settings)), server(**settings, certified_keys=(key,)))[1] is code
    assert told(hello_of(client()), server(certified_keys=(signing,)))[1] is Code.AGAIN
    assert told(hello_of(client()), server(certified_keys=(decrypting,)))[1] is Code.NO_CIPHER_SUITES


def premaster(body=None):
    """A pair with static RSA whose client sends another ClientKeyExchange, and what the server says twice."""
    settings = {**OLD, "cipher_suites": (RSA,)}
    both = pair(client(**settings), server("rsa", **settings))
    both.client.handshake()
    both.server.handshake()
    both.client.handshake()
    records = bytes(both.server_wire.incoming)
    end = 5 + int.from_bytes(records[3:5])
    message = records[5:end] if body is None else encode(ClientKeyExchangeOpaque(body))
    both.server_wire.incoming[:] = handshake_record(message)
    first = both.server.handshake()
    both.server_wire.incoming += records[end:]
    return both, [first, both.server.handshake()]


def test_a_premaster_secret_as_it_should_be_leads_to_the_end():
    assert premaster()[1] == [Code.AGAIN, Code.SUCCESS]


SECRET = bytes(range(46))
PUBLIC = certified_key("rsa").key.public_key()
FORGED = {
    "version": lambda: rsa.encrypt(PUBLIC, b"\x03\x01" + SECRET),
    "short": lambda: rsa.encrypt(PUBLIC, b"\x03\x03" + SECRET[:-1]),
    "long": lambda: rsa.encrypt(PUBLIC, b"\x03\x03" + SECRET + b"x"),
    "empty": lambda: rsa.encrypt(PUBLIC, b""),
    "no padding": lambda: b"\x01" * 256,
    "no ciphertext": lambda: b"x",
}


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_a_forged_premaster_secret_shows_in_finished_only(forged):
    both, codes = premaster(forged())

    assert codes == [Code.AGAIN, Code.DECRYPTION_FAILED]
    assert "WAIT_FINISHED" in both.server.path


@pytest.mark.parametrize("name, forged", FORGED.items(), ids=FORGED)
def test_a_forged_premaster_secret_is_replaced_by_a_random_one_under_the_version_of_the_hello(name, forged):
    random = bytes(reversed(range(46)))
    config = server("rsa", randomness=lambda size: random[:size])
    body = ClientKeyExchangeOpaque(forged()).body()

    found = ServerRsa(certified_key("rsa").key, 0x0303).take(body, config).secret

    assert found == b"\x03\x03" + (SECRET if name == "version" else random)


def proved(**changes):
    """What a server says to a client's CertificateVerify with some changes."""
    asks = {"client_auth": ClientAuth.REQUIRE, "trust": trust()}
    both = pair(client(**OLD, certified_keys=(certified_key("rsa"),)), server(**OLD, **asks))
    told = []
    both.client.set_message_hook(told.append)
    both.client.handshake()
    both.server.handshake()
    both.client.handshake()
    (body,) = (item.body for item in told if item.message_type == 15)
    records = bytes(both.server_wire.incoming)
    kept, rest = [], []
    while records:
        end = 5 + int.from_bytes(records[3:5])
        (rest if records[5] == 15 or rest else kept).append(records[:end])
        records = records[end:]
    message = encode(replace(CertificateVerify.parse(bytes(body)), **changes))
    changed = b"\x16\x03\x03" + len(message).to_bytes(2) + message
    both.server_wire.incoming[:] = b"".join([*kept, changed, *rest[1:]])
    return both, both.server.handshake()


@pytest.mark.parametrize(
    "changes, code",
    [
        ({}, Code.SUCCESS),
        ({"scheme": 0x0201}, ILLEGAL),
        ({"scheme": SignatureScheme.ECDSA_SECP256R1_SHA256}, ILLEGAL),
        ({"signature": bytes(256)}, Code.PK_SIG_VERIFY_FAILED),
    ],
    ids=["as it is", "scheme not asked for", "scheme of another key", "wrong signature"],
)
def test_a_clients_proof_is_of_a_scheme_that_was_asked_for_and_fits_its_key(changes, code):
    both, found = proved(**changes)

    assert found is code
    if code is not Code.SUCCESS:
        expected = "ILLEGAL_PARAMETER" if code is ILLEGAL else "DECRYPT_ERROR"
        assert alert_of(both.server).name == expected


def test_a_client_without_a_key_for_the_schemes_asked_for_shows_none():
    asks = {"client_auth": ClientAuth.REQUEST, "trust": trust()}
    schemes = {"signature_schemes": (SignatureScheme.ED25519,)}
    both = pair(client(certified_keys=(certified_key("rsa"),)), server(**asks, **schemes))
    assert both.handshake() == BOTH
    assert both.server.parameters.peer_certificates == ()

    older = pair(client(**OLD, certified_keys=(certified_key("rsa"),)), server(**OLD, **asks, **schemes))
    assert older.handshake() == BOTH
    assert older.server.parameters.peer_certificates == ()


def test_a_signature_of_rsa_pss_is_taken_in_tls12():
    schemes = {"signature_schemes": (SignatureScheme.RSA_PSS_RSAE_SHA256,)}
    both = pair(client(**OLD), server("rsa", **OLD, **schemes))

    assert both.handshake() == BOTH
    assert both.client.parameters.signature_scheme is SignatureScheme.RSA_PSS_RSAE_SHA256


@pytest.mark.parametrize("number", [0, 1, -1, 0x100], ids=["0", "1", "p - 1", "p"])
def test_a_number_outside_the_field_is_refused(number):
    field = named(FIELDS[0])
    value = {-1: field.prime - 1, 0x100: field.prime}.get(number, number)

    with pytest.raises(Exception, match="outside the field") as caught:
        FieldShare(field).exchange(value.to_bytes(field.length))
    assert caught.value.alert is AlertDescription.ILLEGAL_PARAMETER


RSA_WITH = bytes.fromhex("2a864886f70d0101")
"""The object identifiers of PKCS #1 signatures but for their last byte."""
WEAK = {
    "MD5": (b"\x04", "3020300c06082a864886f70d020505000410", hashlib.md5),
    "SHA-1": (b"\x05", "3021300906052b0e03021a05000414", hashlib.sha1),
    "SHA-256": (b"\x0b", "3031300d060960864801650304020105000420", hashlib.sha256),
}


def test_a_certificate_signed_by_hand_is_as_good_as_any():
    key, root = weak_chain("SHA-256")

    assert pair(client(trust=root), server(certified_keys=(key,))).handshake() == BOTH


@pytest.mark.parametrize("name", ["MD5", "SHA-1"])
@pytest.mark.parametrize("version", [None, TLS12], ids=["TLS 1.3", "TLS 1.2"])
def test_a_certificate_signed_over_a_broken_hash_is_a_bad_certificate(name, version):
    key, root = weak_chain(name)
    settings = {} if version is None else OLD
    both = pair(client(**settings, trust=root), server(**settings, certified_keys=(key,)))

    assert both.handshake()[0] is Code.CERTIFICATE_VERIFICATION_ERROR
    assert alert_of(both.client) is AlertDescription.BAD_CERTIFICATE


def weak_chain(name):
    """A leaf whose issuer has rightly signed it over a hash, by hand, and the trust in that issuer."""
    issuer_key = generate_private_key(65537, 2048)
    named = authority("authority.test")[0]
    certificate, private = pem("ecdsa")
    leaf = x509.load_pem_x509_certificate(certificate)
    root = signed(named.subject, named, issuer_key.public_key(), issuer_key)
    strong = signed(leaf.subject, leaf, leaf.public_key(), issuer_key, issuer=named.subject)
    number, digest_info, digest = WEAK[name]
    weak_tbs = strong.tbs_certificate_bytes.replace(RSA_WITH + b"\x0b", RSA_WITH + number)
    info = bytes.fromhex(digest_info) + digest(weak_tbs).digest()
    padded = b"\0\1" + b"\xff" * (256 - 3 - len(info)) + b"\0" + info
    private_numbers = issuer_key.private_numbers()
    signature = pow(int.from_bytes(padded), private_numbers.d, private_numbers.public_numbers.n).to_bytes(256)
    der = strong.public_bytes(Encoding.DER)
    der = der.replace(strong.tbs_certificate_bytes, weak_tbs).replace(strong.signature, signature)
    weak = x509.load_der_x509_certificate(der.replace(RSA_WITH + b"\x0b", RSA_WITH + number))
    return load_certified_key(weak.public_bytes(Encoding.PEM), private), Trust([root])


def signed(subject, like, public, issuer_key, issuer=None):
    """A certificate with the extensions of another one."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer or subject)
        .public_key(public)
        .serial_number(7)
        .not_valid_before(like.not_valid_before_utc)
        .not_valid_after(like.not_valid_after_utc)
    )
    for extension in like.extensions:
        if not isinstance(extension.value, x509.AuthorityKeyIdentifier | x509.SubjectKeyIdentifier):
            builder = builder.add_extension(extension.value, critical=extension.critical)
    key_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key())
    own_id = x509.SubjectKeyIdentifier.from_public_key(public)
    return (
        builder.add_extension(key_id, critical=False)
        .add_extension(own_id, critical=False)
        .sign(issuer_key, hashes.SHA256())
    )
