"""Hellos that do not fit together: no common version, suite, group or protocol."""

import pytest

from tests.contract.drivers.settings import CLIENT, EITHER, SERVER, TLS12, TLS13
from tests.contract.hellos import (
    CLIENT_HELLO,
    KEY_SHARE,
    SERVER_HELLO,
    SUPPORTED_GROUPS,
    SUPPORTED_VERSIONS,
    with_extension,
)

pytestmark = pytest.mark.manual("gnutls_handshake(3)")
SMALL = {
    TLS12: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    TLS13: "TLS_AES_128_GCM_SHA256",
}
LARGE = {
    TLS12: "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    TLS13: "TLS_AES_256_GCM_SHA384",
}


def tamper(wire, kind, extension, contents):
    """Give an extension of the hellos that leave here other contents, or none."""

    def tap(data):
        changed = data[0] == 22 and data[5] == kind
        return with_extension(data, extension, lambda _old: contents) if changed else data

    wire.tap = tap


def test_the_highest_common_version_is_chosen(connect, role, version):
    assert connect(EITHER, role, server={"version": version}).handshake() == ("SUCCESS", "SUCCESS")
    assert connect(EITHER, role, client={"version": version}).handshake() == ("SUCCESS", "SUCCESS")


def test_without_a_common_cipher_suite_both_sides_fail(connect, version, role):
    pair = connect(version, role, client={"suites": (SMALL[version],)}, server={"suites": (LARGE[version],)})

    answers = dict(zip(("subject", "peer"), pair.handshake(), strict=True))

    server, client = ("subject", "peer") if role == SERVER else ("peer", "subject")
    assert answers[server] == "NO_CIPHER_SUITES"
    assert answers[client] == "FATAL_ALERT_RECEIVED"


@pytest.mark.parametrize("ours, theirs", [(TLS12, TLS13), (TLS13, TLS12)])
def test_without_a_common_version_the_server_says_so(connect, ours, theirs, expect):
    pair = connect(ours, SERVER, client={"version": theirs})

    assert pair.handshake()[0] == expect("no-common-version", "UNSUPPORTED_VERSION_PACKET")


def test_without_a_common_group_both_sides_fail(connect, role):
    pair = connect(TLS13, role, client={"groups": ("SECP256R1",)}, server={"groups": ("SECP384R1",)})
    answers = pair.handshake()

    assert answers[0 if role == SERVER else 1] == "NO_COMMON_KEY_SHARE"
    assert answers[1 if role == SERVER else 0] == "FATAL_ALERT_RECEIVED"


@pytest.mark.manual("RFC 8446 section 4.1.4")
def test_a_key_share_that_does_not_fit_is_asked_for_by_a_retry(connect, role):
    client, server = {"groups": ("X25519", "SECP256R1", "SECP384R1")}, {"groups": ("SECP384R1",)}
    pair = connect(TLS13, role, client=client, server=server)

    assert pair.handshake() == ("SUCCESS", "SUCCESS")
    pair.assert_talks()


@pytest.mark.manual("RFC 7301 section 3.2", "gnutls_alpn_set_protocols(3)")
def test_without_a_common_application_protocol_the_handshake_ends(connect, version, expect):
    pair = connect(version, SERVER, client={"alpn": (b"one",)}, server={"alpn": (b"two",)})

    assert pair.handshake()[0] == expect("no-common-protocol", "NO_APPLICATION_PROTOCOL")


@pytest.mark.manual("RFC 7507")
def test_a_fallback_without_need_is_refused(connect):
    """FALLBACK_SCSV in the ClientHello of a client that could have offered more."""
    pair = connect(EITHER, SERVER, client={"version": TLS12})

    pair.peer.wire.tap = _with_fallback

    assert pair.handshake()[0] == "INAPPROPRIATE_FALLBACK"


def _with_fallback(record):
    """Put FALLBACK_SCSV in the place of the first cipher suite but one."""
    if record[0] != 22 or record[5] != CLIENT_HELLO:
        return record
    start = 9 + 34 + 1 + record[43] + 2
    return record[: start + 2] + b"\x56\x00" + record[start + 4 :]


@pytest.mark.manual("gnutls_credentials_set(3)")
def test_a_server_without_credentials_for_what_the_client_wants_fails(connect, version):
    """A server with pre-shared keys only, and a client that wants a certificate."""
    server = {"identity": None, "psk_keys": ((b"someone", bytes(32)),)}

    answer = connect(version, SERVER, server=server).handshake()[0]

    assert answer in ("NO_CIPHER_SUITES", "INSUFFICIENT_CREDENTIALS", "MISSING_EXTENSION")


@pytest.mark.manual("RFC 8446 section 4.1.3", "RFC 5246 section 7.4.1.3")
def test_a_cipher_suite_that_was_not_offered_is_refused(connect, version):
    pair = connect(version, CLIENT, client={"suites": (SMALL[version],)})

    def tap(data):
        if data[0] == 22 and data[5] == SERVER_HELLO:
            at = 44 + data[43]
            return data[:at] + b"\x00\x2f" + data[at + 2 :]
        return data

    pair.peer.wire.tap = tap

    assert pair.handshake()[0] == "UNKNOWN_CIPHER_SUITE"


@pytest.mark.manual("RFC 8446 section 9.2")
@pytest.mark.parametrize("missing", [KEY_SHARE, SUPPORTED_GROUPS])
def test_an_extension_that_must_be_there_is_missed(connect, missing, expect):
    pair = connect(TLS13, SERVER)
    tamper(pair.peer.wire, CLIENT_HELLO, missing, None)

    wanted = "MISSING_EXTENSION"
    answer = pair.handshake()[0]
    assert answer == (expect("missing-groups", wanted) if missing == SUPPORTED_GROUPS else wanted)


@pytest.mark.manual("RFC 8446 section 4.2", "RFC 5246 section 7.4.1.4")
def test_an_extension_of_the_server_that_was_not_asked_for_is_refused(connect, version, expect):
    pair = connect(version, CLIENT)
    tamper(pair.peer.wire, SERVER_HELLO, 0x7777, b"")

    answer = pair.handshake()[0]

    assert (answer == "RECEIVED_ILLEGAL_EXTENSION") is expect("unsolicited-extension", True)
    assert answer != "SUCCESS"


@pytest.mark.manual("RFC 8446 section 4.2.1")
def test_a_version_that_was_not_offered_is_refused(connect):
    pair = connect(TLS13, CLIENT)
    tamper(pair.peer.wire, SERVER_HELLO, SUPPORTED_VERSIONS, b"\x03\x05")

    assert pair.handshake()[0] in ("UNSUPPORTED_VERSION_PACKET", "RECEIVED_ILLEGAL_PARAMETER")


@pytest.mark.manual("RFC 8446 section 4.1.3")
def test_a_downgrade_is_noticed(connect):
    """Both sides know TLS 1.3, and somebody on the way takes it out of the ClientHello."""
    pair = connect(EITHER, CLIENT)
    tamper(pair.subject.wire, CLIENT_HELLO, SUPPORTED_VERSIONS, b"\x02\x03\x03")

    assert pair.handshake()[0] == "RECEIVED_ILLEGAL_PARAMETER"
