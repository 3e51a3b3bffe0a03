"""Runs over datagrams that a hunt once stumbled on in `impl`: the model permits all that it does now."""

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.examine import examine, follower_of
from tlsmodel.hunt.finding import hunted
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import build
from tlsmodel.spec.symbols import INPUTS
from tlsmodel.targets.registry import target

SYMBOLS = {item.name: item for item in INPUTS}
CLIENT = (
    "ServerHello handshake Certificate ServerKeyExchange ServerHelloDone handshake ChangeCipherSpec Finished"
    " handshake"
)
SERVER = "ClientHello ClientHello handshake ClientKeyExchange ChangeCipherSpec Finished handshake"


@pytest.mark.parametrize(
    "machine, inputs, last",
    [
        ("dtls12-client", "HelloRequest handshake", "AGAIN (read) !ClientHello"),
        (
            "dtls12-server",
            "write_too_large alert_send.fatal handshake alert_send.fatal",
            "SUCCESS !Alert.fatal.handshake_failure",
        ),
        ("dtls12-client", f"{CLIENT} write_blocked bye ApplicationData record_recv", "DATA"),
        ("dtls12-client", f"{CLIENT} write_too_large bye ApplicationData record_recv", "DATA"),
        (
            "dtls12-server",
            f"{SERVER} Alert.close_notify Retransmission record_recv handshake",
            "SESSION_EOF !Alert.warning.close_notify",
        ),
        (
            "dtls12-server",
            f"{SERVER.removesuffix('ClientKeyExchange ChangeCipherSpec Finished handshake')} timer_expired"
            " ClientKeyExchange handshake ChangeCipherSpec Finished handshake",
            "SUCCESS !ChangeCipherSpec !Finished",
        ),
    ],
)
def test_a_run_is_permitted(machine, inputs, last):
    setting = hunted(machine)
    system = SystemUnderTest(target("impl", shared_credentials()), setting, shared_credentials())
    found = examine(follower_of(system, build(setting)), [SYMBOLS[name] for name in inputs.split()])

    assert found.cause is None
    assert str(found.trace.steps[-1].output) == last
