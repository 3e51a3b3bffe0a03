"""OpenSSL as a target: first handshakes in both roles, and nothing but what is known."""

import pytest

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt import Plan, hunt
from tlsmodel.hunt.examine import examine, follower_of
from tlsmodel.hunt.finding import hunted
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import build
from tlsmodel.spec.symbols import INPUTS
from tlsmodel.targets.registry import target

SYMBOLS = {item.name: item for item in INPUTS}
HONEST = {
    "tls12-client": "handshake ServerHello Certificate ServerKeyExchange ServerHelloDone NewSessionTicket"
    " ChangeCipherSpec Finished",
    "tls12-server": "ClientHello ClientKeyExchange ChangeCipherSpec Finished",
    "tls13-client": "handshake ServerHello EncryptedExtensions Certificate CertificateVerify Finished",
    "tls13-server": "ClientHello Finished",
}
SCENARIOS = tuple(f"{name}?tickets=on" for name in HONEST)


@pytest.mark.parametrize("machine", HONEST)
def test_an_honest_handshake_is_completed_as_the_model_says(machine):
    setting = hunted(f"{machine}?tickets=on")
    system = SystemUnderTest(target("openssl", shared_credentials()), setting, shared_credentials())
    inputs = [call for name in HONEST[machine].split() for call in (SYMBOLS[name], SYMBOLS["handshake"])]
    found = examine(follower_of(system, build(setting)), inputs)

    assert found.cause is None
    assert found.trace.steps[-1].output.returned.code == "SUCCESS"


def test_a_hunt_finds_only_what_is_known():
    (result,) = hunt(Plan(("openssl",), scenarios=SCENARIOS, examples=20, seed=1)).targets

    assert result.steps > 500
    assert result.new == ()
    assert {finding.known for finding in result.known} & {"alert-first-at-server", "truncated-alert"}
