"""Re-handshakes of TLS 1.2: from both sides, refused, with data in the middle, bound to what was before."""

from itertools import product

import pytest
from flow_certificates import NOW, certified_key, trust
from flow_support import TLS12, Wire, client_config, pair, say, server_config

from impl import (
    AlertDescription,
    ClientAuth,
    Code,
    Config,
    MemoryStore,
    Received,
    Renegotiation,
    Role,
    Sent,
)
from impl.codec import extensions as ext
from impl.codec.extensions import Extensions
from impl.codec.hello import ClientHello
from impl.codec.messages import encode
from impl.step import Send

BOTH = (Code.SUCCESS, Code.SUCCESS)


def connected(client=(), server=()):
    """A pair whose first TLS 1.2 handshake is complete."""
    both = pair(
        client_config(versions=(TLS12,), **dict(client)), server_config(versions=(TLS12,), **dict(server))
    )
    assert both.handshake() == BOTH
    return both


def talk(both):
    """Data in both directions."""
    assert both.client.record_send(b"there") == Sent(5)
    assert both.server.record_recv() == Received(b"there")
    assert both.server.record_send(b"back") == Sent(4)
    assert both.client.record_recv() == Received(b"back")


def test_a_client_may_begin_one_again_and_again():
    both = connected()
    for _ in range(3):
        assert both.client.handshake() is Code.AGAIN
        assert both.server.record_recv() is Code.REHANDSHAKE
        assert both.handshake() == BOTH
        talk(both)


def test_a_server_may_ask_for_one():
    both = connected()
    assert both.client.rehandshake() is Code.INVALID_REQUEST
    assert both.server.rehandshake() is Code.SUCCESS
    assert both.client.record_recv() is Code.REHANDSHAKE
    assert both.handshake() == BOTH
    talk(both)


def test_data_in_the_middle_is_handed_over_on_both_sides():
    both = connected()
    assert both.client.handshake() is Code.AGAIN
    assert both.client.record_send(b"from the client") == Sent(15)
    assert both.server.record_send(b"from the server") == Sent(15)

    assert both.server.handshake() is Code.GOT_APPLICATION_DATA
    assert both.server.record_recv() == Received(b"from the client")
    assert both.client.handshake() is Code.GOT_APPLICATION_DATA
    assert both.client.record_recv() == Received(b"from the server")
    assert both.handshake() == BOTH
    talk(both)


def test_a_server_that_waits_for_a_hello_meets_data_first():
    both = connected()
    assert both.server.handshake() is Code.AGAIN
    both.client.record_send(b"data")
    assert both.server.handshake() is Code.GOT_APPLICATION_DATA
    assert both.server.record_recv() == Received(b"data")
    assert both.client.handshake() is Code.AGAIN
    assert both.handshake() == BOTH
    talk(both)


def test_a_server_refuses_and_the_connection_goes_on():
    both = connected()
    assert both.client.handshake() is Code.AGAIN
    assert both.server.record_recv() is Code.REHANDSHAKE
    assert both.server.alert_send_appropriate(Code.REHANDSHAKE) is Code.SUCCESS

    assert both.client.handshake() is Code.WARNING_ALERT_RECEIVED
    assert both.client.alert_get() == AlertDescription.NO_RENEGOTIATION
    talk(both)
    assert both.client.handshake() is Code.AGAIN
    assert both.server.record_recv() is Code.REHANDSHAKE
    assert both.handshake() == BOTH


def test_a_client_refuses_and_the_connection_goes_on():
    both = connected()
    both.server.rehandshake()
    assert both.client.record_recv() is Code.REHANDSHAKE
    both.client.alert_send_appropriate(Code.REHANDSHAKE)

    assert both.server.handshake() is Code.WARNING_ALERT_RECEIVED
    assert both.server.alert_get() == AlertDescription.NO_RENEGOTIATION
    talk(both)


def test_a_refusal_forgets_the_hello_that_was_refused():
    both = connected()
    both.client.handshake()
    both.server.record_recv()
    both.server.alert_send_appropriate(Code.REHANDSHAKE)
    both.client.handshake()

    assert both.server.handshake() is Code.AGAIN
    assert both.server.path[-1] == "START"


def test_nothing_is_sent_between_changing_keys_and_the_peers_proof():
    both = connected()
    both.client.handshake()
    both.server.handshake()
    assert both.client.handshake() is Code.AGAIN
    assert both.client.path[-1] == "WAIT_CCS"

    assert both.client.record_send(b"too early") is Code.UNAVAILABLE_DURING_HANDSHAKE
    assert both.client.record_recv() is Code.UNAVAILABLE_DURING_HANDSHAKE
    assert both.handshake() == BOTH
    talk(both)


def test_unread_data_stops_a_rehandshake_before_memory_fills():
    both = connected()
    both.client.handshake()
    for _ in range(40):
        both.server.record_send(bytes(2**14))
    codes = {both.client.handshake() for _ in range(50)}

    assert codes == {Code.GOT_APPLICATION_DATA}
    assert sum(map(len, both.client._memory.received)) <= 5 * 2**14


@pytest.mark.parametrize("change", ["certificate", "allowed"])
def test_a_peer_does_not_become_another(change):
    """gnutls_handshake(3), GNUTLS_ALLOW_ID_CHANGE."""
    keys = [certified_key("ecdsa"), certified_key("rsa")]
    allowed = change == "allowed"
    both = connected(
        {"certified_keys": (keys[0],)},
        {"client_auth": ClientAuth.REQUIRE, "trust": trust(), "allow_identity_change": allowed},
    )
    both.client._memory.config = client_config(versions=(TLS12,), certified_keys=(keys[1],))
    both.client.handshake()

    assert both.handshake()[1] is (Code.SUCCESS if allowed else Code.SESSION_USER_ID_CHANGED)


def test_a_rehandshake_is_stored_and_can_be_resumed():
    store = MemoryStore(clock=lambda: NOW)
    both = connected({}, {"store": store})
    both.client.handshake()
    assert both.handshake() == BOTH
    assert len(store) == 2

    later = pair(
        client_config(versions=(TLS12,), resume=both.client.session_data()),
        server_config(versions=(TLS12,), store=store),
    )
    assert later.handshake() == BOTH
    assert later.client.parameters.resumed


@pytest.mark.parametrize("ours, theirs", list(product(Renegotiation, repeat=2)))
def test_the_policies_of_rfc_5746_decide(ours, theirs):
    both = pair(
        client_config(versions=(TLS12,), renegotiation=ours),
        server_config(versions=(TLS12,), renegotiation=theirs),
    )
    insecure = (Renegotiation.DISABLED, Renegotiation.UNSAFE)
    bound = Renegotiation.DISABLED not in (ours, theirs)
    codes = both.handshake()
    if not bound and Renegotiation.SAFE in (ours, theirs):
        assert Code.SAFE_RENEGOTIATION_FAILED in codes
        return
    assert codes == BOTH
    assert both.client.parameters.safe_renegotiation is both.server.parameters.safe_renegotiation is bound

    code = both.client.handshake()
    if not bound and ours not in insecure:
        assert code is Code.UNSAFE_RENEGOTIATION_DENIED
        return
    assert code is Code.AGAIN
    codes = both.handshake()
    if not bound and theirs not in insecure:
        assert codes[1] is Code.UNSAFE_RENEGOTIATION_DENIED
        return
    assert codes == BOTH
    talk(both)


@pytest.mark.parametrize("content", [None, b"", b"x" * 12])
def test_a_hello_that_is_not_bound_to_the_connection_is_refused(content):
    """RFC 5746 section 3.7: the splicing that the extension is against."""
    both = connected()
    extensions = Extensions.of(
        ext.build_supported_groups((0x1D,)),
        ext.build_signature_algorithms((0x0807,)),
        None if content is None else ext.build_renegotiation_info(content),
    )
    hello = ClientHello(bytes(32), b"", (0xC02B, 0xC02C), extensions)
    say(both.client, Send((encode(hello),)))

    assert both.server.handshake() is Code.SAFE_RENEGOTIATION_FAILED
    assert both.server.alert_send_appropriate(Code.SAFE_RENEGOTIATION_FAILED) is Code.SUCCESS
    assert both.client.record_recv() is Code.FATAL_ALERT_RECEIVED
    assert both.client.alert_get() == AlertDescription.HANDSHAKE_FAILURE


@pytest.mark.parametrize("side", [Role.CLIENT, Role.SERVER])
@pytest.mark.parametrize("fault", [BlockingIOError, InterruptedError])
def test_interruptions_anywhere_change_nothing(side, fault):
    undisturbed = exchanged(None)
    for number in range(1, 8):
        for kind in ("push", "pull"):
            assert exchanged((side, kind, number, fault)) == undisturbed


def exchanged(fault):
    """What both sides write in a re-handshake, with one fault in it."""
    both = connected()
    wires: dict[Role, Wire] = {Role.CLIENT: both.client_wire, Role.SERVER: both.server_wire}
    if fault is not None:
        side, kind, number, error = fault
        wires[side].faults[kind, wires[side].counts[kind] + number] = error
    assert isinstance(both.client._memory.config, Config)
    assert both.handshake() == BOTH
    assert both.client.path.count("CONNECTED") == both.server.path.count("CONNECTED") == 2
    return bytes(both.client_wire.written), bytes(both.server_wire.written)
