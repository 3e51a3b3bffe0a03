"""The targets and the transport that they live in: disturbances, missing parts, patches that do not leak."""

import resource

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.finding import hunted
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import (
    HANDSHAKE,
    READ_CUT,
    READ_INTERRUPTED,
    WRITE_BLOCKED,
    WRITE_CUT,
    WRITE_INTERRUPTED,
    Return,
    delivery,
)
from tlsmodel.targets import gnutls_ffi
from tlsmodel.targets.base import Capabilities, TargetUnavailable
from tlsmodel.targets.registry import target
from tlsmodel.targets.transport import CUT_BYTES, MAX_PULLS, Spinning, Transport


class Echo:
    """A peer for the transport alone: deliveries are their names, and what is written is kept."""

    def __init__(self):
        self.heard = b""

    def build(self, symbol):
        return symbol.name.encode()

    def receive(self, data):
        self.heard += data


@pytest.fixture
def transport():
    return Transport(Echo())


def test_a_read_of_nothing_would_block(transport):
    with pytest.raises(BlockingIOError):
        transport.pull(10)


def test_one_read_never_crosses_into_the_next_delivery(transport):
    transport.deliver(delivery("Finished"))
    transport.deliver(delivery("ApplicationData"))

    assert transport.pull(1000) == b"Finished"
    assert transport.pull(1000) == b"ApplicationData"


def test_an_interrupted_read_strikes_once_and_loses_nothing(transport):
    transport.deliver(delivery("Finished"))
    transport.arm(READ_INTERRUPTED)

    with pytest.raises(InterruptedError):
        transport.pull(1000)
    assert transport.pull(1000) == b"Finished"


def test_a_cut_read_gives_a_part_blocks_and_then_gives_the_rest(transport):
    transport.deliver(delivery("Finished"))
    transport.arm(READ_CUT)

    assert transport.pull(1000) == b"Finished"[:CUT_BYTES]
    with pytest.raises(BlockingIOError):
        transport.pull(1000)
    assert transport.pull(1000) == b"Finished"[CUT_BYTES:]


def test_the_rest_of_a_cut_read_can_be_disturbed_again(transport):
    transport.deliver(delivery("Finished"))
    transport.arm(READ_CUT)
    transport.pull(1000)
    with pytest.raises(BlockingIOError):
        transport.pull(1000)

    for disturbance, error in ((READ_INTERRUPTED, InterruptedError), (READ_CUT, BlockingIOError)):
        transport.arm(disturbance)
        with pytest.raises(error):
            transport.pull(1000)
    assert transport.pull(1000) == b"Finished"[CUT_BYTES:]


@pytest.mark.parametrize(
    "disturbance, error", [(WRITE_BLOCKED, BlockingIOError), (WRITE_INTERRUPTED, InterruptedError)]
)
def test_a_disturbed_write_takes_nothing_once(disturbance, error):
    peer = Echo()
    transport = Transport(peer)
    transport.arm(disturbance)

    with pytest.raises(error):
        transport.push(b"hello")
    assert peer.heard == b""
    assert transport.push(b"hello") == 5


def test_a_cut_write_takes_a_part_then_blocks_once():
    peer = Echo()
    transport = Transport(peer)
    transport.arm(WRITE_CUT)

    assert transport.push(b"hello") == CUT_BYTES
    with pytest.raises(BlockingIOError):
        transport.push(b"lo")
    assert transport.push(b"lo") == 2
    assert peer.heard == b"hello"


def test_after_the_end_of_the_stream_every_read_gives_nothing(transport):
    transport.deliver(delivery("EndOfStream"))
    transport.deliver(delivery("Finished"))

    assert [transport.pull(10) for _ in range(3)] == [b"", b"", b""]


def test_a_call_that_reads_without_end_is_stopped(transport):
    for _ in range(2):
        transport.begin_call()
        for _ in range(MAX_PULLS):
            with pytest.raises(BlockingIOError):
                transport.pull(1)
        assert not transport.spinning
        with pytest.raises(Spinning):
            transport.pull(1)
        assert transport.spinning


@pytest.mark.parametrize("bug, letter", [("T30", "Alert.close_notify"), ("T25", "ChangeCipherSpec")])
def test_a_target_that_spins_is_told(bug, letter):
    system = SystemUnderTest(
        target(f"zoo:{bug}", shared_credentials()), hunted("tls13-server"), shared_credentials()
    )
    system.reset()
    for given in (delivery("ClientHello"), HANDSHAKE, delivery(letter), delivery(letter)):
        system.step(given)

    assert system.step(HANDSHAKE).returned == Return("SPINS")


def test_letters_tell_in_which_order_a_target_has_read_and_sent():
    system = SystemUnderTest(
        target("impl", shared_credentials()), hunted("tls13-server"), shared_credentials()
    )
    system.reset()
    for given in (delivery("ClientHello"), WRITE_BLOCKED, HANDSHAKE, delivery("Finished"), HANDSHAKE):
        system.step(given)

    assert system.letters[:3] == ["I_ClientHello", "R_handshake.AGAIN", "O_ServerHello"]
    assert system.letters[-2:] == ["I_Finished", "R_handshake.SUCCESS"]


def test_an_unknown_target_is_answered_with_the_choices():
    with pytest.raises(
        ValueError, match="unknown target 'nss': choose from impl, gnutls, openssl and zoo:ID"
    ):
        target("nss", shared_credentials())


def test_an_unknown_bug_is_answered_with_the_choices():
    with pytest.raises(ValueError, match=r"unknown bug 'zoo:X': choose from zoo:G01"):
        target("zoo:X", shared_credentials())


def test_a_missing_libgnutls_is_named_with_its_package(monkeypatch):
    gnutls_ffi.library.cache_clear()
    monkeypatch.setattr(gnutls_ffi.ctypes.util, "find_library", lambda _: "libnowhere.so.1")

    try:
        with pytest.raises(TargetUnavailable, match="libgnutls30"):
            gnutls_ffi.library()
    finally:
        gnutls_ffi.library.cache_clear()


def test_sessions_of_libgnutls_are_freed():
    system = SystemUnderTest(
        target("gnutls", shared_credentials()), hunted("tls13-client"), shared_credentials()
    )

    def handshakes(count):
        for _ in range(count):
            system.reset()
            assert system.step(HANDSHAKE).returned == Return("AGAIN", 0)

    handshakes(300)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    handshakes(1500)
    system.close()

    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 12_000


@pytest.mark.parametrize("which", ["impl", "gnutls"])
def test_every_target_can_be_opened_again_in_mid_handshake(which):
    opened = target(which, shared_credentials())
    fitting = [name for name in SCENARIOS if opened.capabilities.fit(hunted(name))]

    assert len(fitting) >= 4
    for name in fitting * 2:
        system = SystemUnderTest(opened, hunted(name), shared_credentials())
        system.reset()
        assert system.step(HANDSHAKE).returned.code == "AGAIN"
    opened.close()


def test_capabilities_fit_scenarios_whose_parameters_can_be_set():
    capabilities = Capabilities(settings={"auth": frozenset({"require"})})

    assert capabilities.fit(hunted("tls13-server"))
    assert capabilities.fit(hunted("tls13-server?auth=require"))
    assert not capabilities.fit(hunted("tls13-server?auth=request"))
    assert not capabilities.fit(hunted("tls13-server?auth=require&tickets=on"))
    assert not Capabilities(versions=frozenset()).fit(hunted("tls13-server"))
