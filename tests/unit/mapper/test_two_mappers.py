"""A mapper takes everything, so two of them show that all it sends is valid to a stack without order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsmodel.credentials import shared_credentials
from tlsmodel.mapper import Peer
from tlsmodel.spec.scenario import SCENARIOS
from tlsmodel.spec.symbols import delivery

BOTH = [
    *("ClientHello", "ServerHello", "Certificate", "Certificate.empty", "CertificateRequest", "Finished"),
    *("Finished.bad", "NewSessionTicket"),
]
# fmt: off
SPOKEN = {
    "tls12": [*BOTH, "ServerKeyExchange", "ServerHelloDone", "ClientKeyExchange", "HelloRequest"],
    "tls13": [*BOTH, "EncryptedExtensions", "KeyUpdate.requested", "KeyUpdate.not_requested",
              "EndOfEarlyData"],
}
HONEST = {
    "tls12": "C:ClientHello S:ServerHello S:Certificate S:ServerKeyExchange S:ServerHelloDone "
             "C:ClientKeyExchange C:ChangeCipherSpec C:Finished S:ChangeCipherSpec S:Finished",
    "tls13": "C:ClientHello S:ServerHello S:EncryptedExtensions S:Certificate S:CertificateVerify S:Finished "
             "C:ChangeCipherSpec C:Finished",
}
# fmt: on


class Pair:
    """Two mappers, one playing the client (C) and one the server (S)."""

    def __init__(self, version: str) -> None:
        self.ends = {
            "C": Peer(SCENARIOS[f"{version}-server"], shared_credentials()),
            "S": Peer(SCENARIOS[f"{version}-client"], shared_credentials()),
        }

    def say(self, *lines: str) -> list[str]:
        """Send each ``C:Message`` or ``S:Message`` and return what the other end calls it."""
        heard: list[str] = []
        for line in lines:
            sender, name = line.split(":")
            receiver = self.ends["S" if sender == "C" else "C"]
            receiver.receive(self.ends[sender].build(delivery(name)))
            heard += [symbol.name for symbol in receiver.take_emissions()]
        return heard


def names(*lines: str) -> list[str]:
    """Return the messages of `lines` without their senders."""
    return [line.split(":")[1] for line in lines]


@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_an_honest_handshake_is_named_message_by_message(version: str) -> None:
    lines = HONEST[version].split()

    assert Pair(version).say(*lines) == names(*lines)


@given(data=st.data(), version=st.sampled_from(["tls12", "tls13"]), sender=st.sampled_from("CS"))
def test_anything_in_any_order_is_a_valid_continuation(
    data: st.DataObject, version: str, sender: str
) -> None:
    honest = HONEST[version].split()
    before = honest[: data.draw(st.integers(1, len(honest)))]
    tail = data.draw(st.lists(st.sampled_from(SPOKEN[version]), max_size=8))
    lines = [*before, *(f"{sender}:{name}" for name in tail)]

    # Without a certificate there is nothing to check a signature with.
    heard = [name.replace("ServerKeyExchange.bad", "ServerKeyExchange") for name in Pair(version).say(*lines)]

    assert heard == names(*lines)


@pytest.mark.parametrize(
    "early",
    [
        "C:ClientHello S:ServerHello S:ChangeCipherSpec S:Finished",
        "C:ClientHello S:ServerHello S:Finished",
        "C:ClientHello S:ServerHello S:Certificate S:ServerKeyExchange C:ChangeCipherSpec C:Finished",
        "C:ClientHello S:Finished",
    ],
)
def test_a_skipped_key_exchange_means_an_empty_secret_on_both_ends(early: str) -> None:
    lines = early.split()

    assert Pair("tls12").say(*lines) == names(*lines)


@pytest.mark.parametrize(
    "skipped",
    ["EncryptedExtensions", "Certificate", "CertificateVerify"],
)
def test_a_tls13_handshake_completes_with_a_message_skipped(skipped: str) -> None:
    lines = [line for line in HONEST["tls13"].split() if not line.endswith(f":{skipped}")]
    lines += ["S:ApplicationData", "C:ApplicationData"]

    heard = Pair("tls13").say(*lines)

    unverifiable = {"CertificateVerify": "CertificateVerify.bad"} if skipped == "Certificate" else {}
    assert heard == [unverifiable.get(name, name) for name in names(*lines)]


@pytest.mark.parametrize("version", ["tls12", "tls13"])
def test_a_hello_sent_twice_changes_no_keys(version: str) -> None:
    honest = HONEST[version].split()
    lines = [*honest, "S:ServerHello", "C:ClientHello", "S:ApplicationData", "C:ApplicationData"]

    assert Pair(version).say(*lines) == names(*lines)


@pytest.mark.parametrize(
    "version, bad", [("tls12", "S:ServerKeyExchange.bad"), ("tls13", "S:CertificateVerify.bad")]
)
def test_a_bad_signature_is_noticed(version: str, bad: str) -> None:
    honest = HONEST[version].split()
    before = honest[: honest.index(bad.removesuffix(".bad"))]

    assert Pair(version).say(*before, bad)[-1] == bad.split(":")[1]
