"""A real session stays in step with the model, and says where it parts from it."""

import pytest

from tlsmodel.live import LiveSession
from tlsmodel.machine import build
from tlsmodel.spec.symbols import symbol

HANDSHAKE = [
    "call handshake", "deliver ServerHello", "call handshake", "deliver EncryptedExtensions",
    "call handshake", "deliver Certificate", "call handshake", "deliver CertificateVerify",
    "call handshake", "deliver Finished", "call handshake",
]  # fmt: skip


def inputs(*texts):
    return [symbol(text) for text in texts]


@pytest.mark.parametrize("target", ["impl", "gnutls"])
def test_a_handshake_goes_along_with_the_model(target):
    session = LiveSession(target, build("tls13-client"))
    answers = [session.follow(inputs(*HANDSHAKE[:count])) for count in range(1, len(HANDSHAKE) + 1)]
    session.close()

    assert str(answers[-1].step.output.returned) == "SUCCESS"
    assert [answer.expected for answer in answers] == [None] * len(HANDSHAKE)
    assert [str(step.given) for step in session.trace] == HANDSHAKE


def test_another_way_starts_a_fresh_session():
    session = LiveSession("impl", build("tls13-client"))
    session.follow(inputs(*HANDSHAKE[:5]))
    refused = session.follow(inputs("call handshake", "deliver Finished", "call handshake"))

    assert [item.name for item in refused.step.output.emissions] == ["Alert.fatal.unexpected_message"]
    assert session.follow(inputs("call handshake")).step.output.emissions[0].name == "ClientHello"


def test_a_seeded_bug_parts_from_the_model():
    session = LiveSession("zoo:T19", build("tls13-client"))
    answer = session.follow(inputs(*HANDSHAKE[:5], "deliver Finished", "call handshake"))

    assert str(answer.step.output.returned) == "SUCCESS"
    assert {item.emissions[-1].name for item in answer.expected} == {"Alert.fatal.unexpected_message"}
    assert session.departure == answer
    with pytest.raises(ValueError, match="cannot be done here"):
        session.follow(inputs(*HANDSHAKE[:5], "deliver Finished", "call handshake", "call bye"))


@pytest.mark.parametrize("texts, fault", [([], "no input"), (["call bye"], "call bye cannot be done here")])
def test_an_input_that_makes_no_sense_is_refused(texts, fault):
    with pytest.raises(ValueError, match=fault):
        LiveSession("impl", build("tls13-client")).follow(inputs(*texts))


def test_an_unknown_target_is_refused():
    with pytest.raises(ValueError, match="unknown target 'nss'"):
        LiveSession("nss", build("tls13-client"))
