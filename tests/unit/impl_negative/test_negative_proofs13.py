"""What a TLS 1.3 server shows and proves of itself, with one thing wrong (RFC 8446 sections 4.4.2, 4.4.3)."""

from negative import (
    BAD_CERTIFICATE,
    BAD_FINISHED,
    BAD_SIGNATURE,
    CLIENT,
    DECODE,
    ILLEGAL,
    UNASKED,
    A,
    Case,
    fields,
    longer,
    refused,
    shorter,
    table,
    to,
    until,
)

from fuzz.identities import certified_key
from impl import Code, SignatureScheme
from impl.codec import extensions as ext
from impl.codec.certificate import Certificate13, CertificateEntry, CertificateVerify
from impl.codec.enums import ExtensionType
from impl.codec.extensions import Extensions
from impl.crypto.signatures import CLIENT_CONTEXT, SERVER_CONTEXT, certificate_verify_content

E = ExtensionType
S = SignatureScheme
CERTIFICATE, VERIFY = 11, 15
UNKNOWN = 0x2A2A


def entries(*items):
    return fields(Certificate13, entries=tuple(CertificateEntry(*item) for item in items))


LEAF = certified_key().chain[0]
NO_CERTIFICATE = (Code.NO_CERTIFICATE_FOUND, A.DECODE_ERROR)


@table(
    Case("none", "tls13", CLIENT, CERTIFICATE, entries(), NO_CERTIFICATE),
    Case("an empty one", "tls13", CLIENT, CERTIFICATE, to(b"\0\0\0\5" + bytes(5)), DECODE),
    Case("garbage", "tls13", CLIENT, CERTIFICATE, entries((b"\x30\x03\x02\x01\x01",)), BAD_CERTIFICATE),
    Case("garbage behind the leaf", "tls13", CLIENT, CERTIFICATE, entries((LEAF,), (b"x",)), BAD_CERTIFICATE),
    Case("a byte behind the leaf", "tls13", CLIENT, CERTIFICATE, entries((LEAF + b"\0",)), BAD_CERTIFICATE),
    Case("a context", "tls13", CLIENT, CERTIFICATE, fields(Certificate13, request_context=b"x"), ILLEGAL),
    Case(
        "a status, unasked",
        "tls13",
        CLIENT,
        CERTIFICATE,
        entries((LEAF, Extensions.of(ext.build_stapled(b"x")))),
        UNASKED,
    ),
    Case(
        "an extension that nobody knows",
        "tls13",
        CLIENT,
        CERTIFICATE,
        entries((LEAF, Extensions(((UNKNOWN, b""),)))),
        UNASKED,
    ),
    Case(
        "an extension that belongs elsewhere",
        "tls13",
        CLIENT,
        CERTIFICATE,
        entries((LEAF, Extensions(((E.KEY_SHARE, b""),)))),
        ILLEGAL,
    ),
    Case(
        "a status of another type",
        "tls13-status",
        CLIENT,
        CERTIFICATE,
        entries((LEAF, Extensions(((E.STATUS_REQUEST, b"\2\0\0\1x"),)))),
        ILLEGAL,
    ),
    Case(
        "an empty status",
        "tls13-status",
        CLIENT,
        CERTIFICATE,
        entries((LEAF, Extensions(((E.STATUS_REQUEST, b"\1\0\0\0"),)))),
        DECODE,
    ),
    Case("cut", "tls13", CLIENT, CERTIFICATE, shorter(), DECODE),
    Case("longer", "tls13", CLIENT, CERTIFICATE, longer(), DECODE),
)
def test_a_certificate_message_that_is_wrong(case):
    assert refused(case) == case.refusal


def signed(scheme, key="ed25519", context=SERVER_CONTEXT, tail=b"", sign_with=None):
    """Sign the right transcript, or nearly so, and say with which scheme."""

    def change(stage, _body):
        digest = stage.victim.session._memory.state.keyed.transcript.digest()
        content = certificate_verify_content(context, digest) + tail
        signature = certified_key(key).sign(sign_with or scheme, content)
        return CertificateVerify(scheme, signature).body()

    return change


WITH_P256, WITH_RSA = "tls13-with-p256-key", "tls13-with-rsa-key"


@table(
    Case(
        "the client's context",
        "tls13",
        CLIENT,
        VERIFY,
        signed(S.ED25519, context=CLIENT_CONTEXT),
        BAD_SIGNATURE,
    ),
    Case("no context", "tls13", CLIENT, VERIFY, signed(S.ED25519, context=b""), BAD_SIGNATURE),
    Case("a longer transcript", "tls13", CLIENT, VERIFY, signed(S.ED25519, tail=b"x"), BAD_SIGNATURE),
    Case("no signature", "tls13", CLIENT, VERIFY, fields(CertificateVerify, signature=b""), BAD_SIGNATURE),
    Case("zeros", "tls13", CLIENT, VERIFY, fields(CertificateVerify, signature=bytes(64)), BAD_SIGNATURE),
    Case(
        "a long signature",
        "tls13",
        CLIENT,
        VERIFY,
        fields(CertificateVerify, signature=bytes(5000)),
        BAD_SIGNATURE,
    ),
    *(
        Case(
            f"{scheme.name} of an Ed25519 key",
            "tls13",
            CLIENT,
            VERIFY,
            fields(CertificateVerify, scheme=scheme),
            ILLEGAL,
        )
        for scheme in S
        if scheme is not S.ED25519
    ),
    Case("a scheme of no algorithm", "tls13", CLIENT, VERIFY, fields(CertificateVerify, scheme=0), ILLEGAL),
    Case("P-256 says P-384", WITH_P256, CLIENT, VERIFY, signed(S.ECDSA_SECP384R1_SHA384, "p256"), ILLEGAL),
    Case("P-256 says SHA-1", WITH_P256, CLIENT, VERIFY, fields(CertificateVerify, scheme=0x0203), ILLEGAL),
    Case(
        "P-256 says Ed25519", WITH_P256, CLIENT, VERIFY, fields(CertificateVerify, scheme=S.ED25519), ILLEGAL
    ),
    Case(
        "P-256 with the wrong hash",
        WITH_P256,
        CLIENT,
        VERIFY,
        signed(S.ECDSA_SECP256R1_SHA256, "p256", sign_with=S.ECDSA_SECP384R1_SHA384),
        BAD_SIGNATURE,
    ),
    Case(
        "a P-256 signature of zeros",
        WITH_P256,
        CLIENT,
        VERIFY,
        fields(CertificateVerify, signature=bytes.fromhex("3006020100020100")),
        BAD_SIGNATURE,
    ),
    Case(
        "another P-256 key",
        WITH_P256,
        CLIENT,
        VERIFY,
        fields(CertificateVerify, signature=certified_key("p384").sign(S.ECDSA_SECP384R1_SHA384, b"")),
        BAD_SIGNATURE,
    ),
    *(
        Case(
            f"{scheme.name}, which TLS 1.3 has not", WITH_RSA, CLIENT, VERIFY, signed(scheme, "rsa"), ILLEGAL
        )
        for scheme in (S.RSA_PKCS1_SHA256, S.RSA_PKCS1_SHA384, S.RSA_PKCS1_SHA512)
    ),
    Case(
        "PKCS #1 in the name of PSS",
        WITH_RSA,
        CLIENT,
        VERIFY,
        signed(S.RSA_PSS_RSAE_SHA256, "rsa", sign_with=S.RSA_PKCS1_SHA256),
        BAD_SIGNATURE,
    ),
    Case(
        "PSS with the wrong hash",
        WITH_RSA,
        CLIENT,
        VERIFY,
        signed(S.RSA_PSS_RSAE_SHA256, "rsa", sign_with=S.RSA_PSS_RSAE_SHA384),
        BAD_SIGNATURE,
    ),
    Case(
        "PSS of a PSS key",
        WITH_RSA,
        CLIENT,
        VERIFY,
        fields(CertificateVerify, scheme=S.RSA_PSS_PSS_SHA256),
        ILLEGAL,
    ),
    Case(
        "a number over the modulus",
        WITH_RSA,
        CLIENT,
        VERIFY,
        fields(CertificateVerify, signature=b"\xff" * 256),
        BAD_SIGNATURE,
    ),
    Case("cut", "tls13", CLIENT, VERIFY, shorter(), DECODE),
    Case("longer", "tls13", CLIENT, VERIFY, longer(), DECODE),
)
def test_a_proof_that_proves_nothing(case):
    assert refused(case) == case.refusal


def test_the_signatures_that_the_rows_are_made_of_are_good():
    for scene, key, scheme in (
        ("tls13", "ed25519", S.ED25519),
        (WITH_P256, "p256", S.ECDSA_SECP256R1_SHA256),
        (WITH_RSA, "rsa", S.RSA_PSS_RSAE_SHA256),
    ):
        case = Case("good", scene, CLIENT, VERIFY, signed(scheme, key), BAD_SIGNATURE)
        # The transcript differs from the server's own, so that its Finished is what does not fit.
        assert refused(case) in (BAD_FINISHED, (None, None))


def test_the_rows_play_in_the_phase_that_they_are_about():
    assert until("tls13", CLIENT, VERIFY)[0].victim.session.path[-1] == "WAIT_CV"
