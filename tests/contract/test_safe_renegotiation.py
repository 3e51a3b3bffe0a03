"""RFC 5746 under the four policies: who is believed in the first handshake, and who may negotiate again."""

import pytest

from tests.contract.drivers.settings import CLIENT, SERVER, TLS12
from tests.contract.hellos import CLIENT_HELLO, RENEGOTIATION_INFO, SERVER_HELLO, with_extension, without_scsv
from tests.contract.pair import read

pytestmark = pytest.mark.manual("gnutls_priority_init(3)", "RFC 5746")

POLICIES = ("disabled", "unsafe", "partial", "safe")
FIRST = {
    "disabled": "SUCCESS",
    "unsafe": "SUCCESS",
    "partial": "SUCCESS",
    "safe": "SAFE_RENEGOTIATION_FAILED",
}
"""What the first handshake with a peer that lacks RFC 5746 comes to."""
NEXT = {"disabled": "SUCCESS", "unsafe": "SUCCESS", "partial": "UNSAFE_RENEGOTIATION_DENIED"}
"""And the next one."""


def open_pair(connect, role, ours, theirs):
    policies = {
        role: {"renegotiation": ours},
        (SERVER if role == CLIENT else CLIENT): {"renegotiation": theirs},
    }
    return connect(TLS12, role, client=policies[CLIENT], server=policies[SERVER])


def begin_again(pair):
    """Let the client begin, and the server's application read on until it learns of it."""
    assert pair.client.handshake() == "AGAIN"
    assert read(pair.server) == "REHANDSHAKE"
    return pair


@pytest.mark.parametrize("policy", POLICIES)
def test_a_first_handshake_with_a_peer_that_lacks_it_goes_by_the_policy(connect, role, policy):
    pair = open_pair(connect, role, policy, "disabled")

    assert pair.handshake()[0] == FIRST[policy]

    if FIRST[policy] == "SUCCESS":
        assert not pair.subject.is_safely_renegotiable()
        pair.assert_talks()


@pytest.mark.parametrize("policy", POLICIES[1:])
@pytest.mark.parametrize("other", POLICIES[1:])
def test_with_a_peer_that_has_it_every_policy_allows_both_handshakes(connect, role, policy, other):
    pair = open_pair(connect, role, policy, other).established()

    assert pair.subject.is_safely_renegotiable()
    assert begin_again(pair).handshake() == ("SUCCESS", "SUCCESS")
    assert pair.subject.is_safely_renegotiable()
    pair.assert_talks()


@pytest.mark.parametrize("policy", NEXT)
def test_another_handshake_with_a_peer_that_lacks_it_goes_by_the_policy(connect, role, policy):
    pair = open_pair(connect, role, policy, "disabled").established()

    answer = pair.client.handshake()
    if answer == "AGAIN":
        assert read(pair.server) == "REHANDSHAKE"
        answer = pair.handshake()[0]

    assert answer == NEXT[policy]


def tamper(pair, kind, change):
    """Let `change` have the peer's hello records on their way."""
    pair.peer.wire.tap = lambda data: change(data) if data[0] == 22 and data[5] == kind else data


@pytest.mark.parametrize("policy", POLICIES[1:])
@pytest.mark.parametrize("contents", [b"\x01\x00", b"\x0c" + bytes(12)], ids=["one", "twelve"])
def test_a_first_hello_with_wrong_renegotiation_info_is_refused(connect, role, policy, contents):
    """A hello that seems to belong to another connection (RFC 5746 sections 3.4 and 3.6)."""
    pair = open_pair(connect, role, policy, policy)
    kind = SERVER_HELLO if role == CLIENT else CLIENT_HELLO
    tamper(pair, kind, lambda data: with_extension(data, RENEGOTIATION_INFO, lambda _old: contents))

    assert pair.handshake()[0] == "SAFE_RENEGOTIATION_FAILED"


@pytest.mark.parametrize("contents", [b"", b"\x05", b"\x00\x00"], ids=["empty", "short", "long"])
def test_renegotiation_info_whose_length_is_wrong_is_refused(connect, role, contents, expect):
    pair = open_pair(connect, role, "partial", "partial")
    kind = SERVER_HELLO if role == CLIENT else CLIENT_HELLO
    tamper(pair, kind, lambda data: with_extension(data, RENEGOTIATION_INFO, lambda _old: contents))

    answer = pair.handshake()[0]

    at_once = expect("bytes-after-renegotiation-info", True) if len(contents) == 2 else True
    assert (answer == "UNEXPECTED_PACKET_LENGTH") is at_once


@pytest.mark.parametrize("policy", POLICIES[1:])
def test_a_hello_stripped_of_it_on_the_way_counts_as_a_peer_without_it(connect, role, policy):
    pair = open_pair(connect, role, policy, policy)
    kind = SERVER_HELLO if role == CLIENT else CLIENT_HELLO

    def strip(data):
        stripped = with_extension(data, RENEGOTIATION_INFO, lambda _old: None)
        return without_scsv(stripped) if kind == CLIENT_HELLO else stripped

    tamper(pair, kind, strip)

    answer = pair.handshake()[0]

    assert (answer == "SAFE_RENEGOTIATION_FAILED") == (policy == "safe")
    assert answer != "SUCCESS"


@pytest.mark.parametrize("peer_stack", ["gnutls"])  # the one whose policy can be changed between handshakes
@pytest.mark.parametrize("policy", POLICIES[1:])
@pytest.mark.parametrize("first, then", [("partial", "disabled"), ("disabled", "partial")])
def test_a_peer_that_has_it_in_one_handshake_only_is_refused(connect, role, policy, first, then):
    """RFC 5746 sections 3.5 and 3.7: missing where it was, or there where it was missing."""
    if FIRST[policy] != "SUCCESS" and first == "disabled":
        assert open_pair(connect, role, policy, first).handshake()[0] == FIRST[policy]
        return
    pair = open_pair(connect, role, policy, first).established()
    pair.peer.set_renegotiation(then)

    answers = {pair.client.handshake()}
    if answers == {"AGAIN"}:
        assert read(pair.server) == "REHANDSHAKE"
        answers = set(pair.handshake())

    assert answers & {"SAFE_RENEGOTIATION_FAILED", "UNSAFE_RENEGOTIATION_DENIED"}
    assert "SUCCESS" not in answers


@pytest.mark.manual("gnutls_safe_renegotiation_status(3)")
def test_the_status_tells_that_both_sides_have_it(connect, role):
    pair = connect(TLS12, role).established()

    assert pair.subject.is_safely_renegotiable()
