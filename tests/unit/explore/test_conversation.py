"""What was seen on the wire is explained by calls in between, in the scenario that it was; or it is not."""

import pytest

from tlsmodel.explore.conversation import Seen, explain, find_scenario
from tlsmodel.machine import build
from tlsmodel.spec.scenario import Role, Version
from tlsmodel.spec.symbols import Kind


def conversation(text):
    """`>` was sent by the session, `<` received."""
    return [Seen(item[0] == "<", item[1:]) for item in text.split()]


FULL = (
    ">ClientHello <ServerHello <Certificate <ServerKeyExchange <ServerHelloDone"
    " >ClientKeyExchange >ChangeCipherSpec >Finished <ChangeCipherSpec <Finished"
)


def test_calls_are_found_between_what_was_seen():
    found = explain(build("tls12-client"), conversation(FULL))

    assert found.whole
    assert [step.given.kind for step in found.trace][:2] == [Kind.CALL, Kind.DELIVERY]
    assert [item.name for step in found.trace for item in step.output.emissions] == [
        seen.name for seen in conversation(FULL) if not seen.incoming
    ]


@pytest.mark.parametrize(
    "good, bad, seen",
    [
        (" <ChangeCipherSpec <Finished", " <Finished >ApplicationData", 8),
        (" >ClientKeyExchange >Change", " >Change", 5),
        ("<Certificate", "<Certificate >Finished", 3),
    ],
)
def test_what_the_model_forbids_is_explained_up_to_there(good, bad, seen):
    text = FULL.replace(good, bad)
    assert text != FULL

    found = find_scenario(Version.TLS12, Role.CLIENT, conversation(text))

    assert not found.whole
    assert seen <= found.seen < found.of == len(conversation(text))


@pytest.mark.parametrize(
    "version, role, text, settings",
    [
        ("tls12", "client", FULL, set()),
        (
            "tls12",
            "server",
            "<ClientHello >ServerHello >Certificate >CertificateStatus >ServerKeyExchange >CertificateRequest"
            " >ServerHelloDone <Certificate.empty",
            {"auth=request", "staples=on"},
        ),
        (
            "tls13",
            "client",
            ">ClientHello.early >ChangeCipherSpec >EarlyData <ServerHello.resumed",
            {"resume=on", "early=on"},
        ),
        (
            "tls13",
            "server",
            "<ClientHello >ServerHello >ChangeCipherSpec >EncryptedExtensions >Certificate >CertificateVerify"
            " >Finished <Finished >NewSessionTicket >NewSessionTicket >NewSessionTicket",
            {"tickets=on"},
        ),
    ],
)
def test_the_scenario_is_found(version, role, text, settings):
    found = find_scenario(Version(version), Role(role), conversation(text))

    assert found.whole
    assert {f"{key}={value}" for key, value in found.scenario.parameters} == settings


def test_an_alert_must_be_the_one_that_the_rules_permit():
    beginning = ">ClientHello <ServerHello <Finished"

    def whole(alert):
        return explain(build("tls13-client"), conversation(f"{beginning} >{alert}")).whole

    assert whole("Alert.fatal.unexpected_message")
    assert not whole("Alert.fatal.bad_record_mac")


def test_a_conversation_with_too_many_explanations_is_given_up_in_one_line():
    with pytest.raises(MemoryError, match="tls12-client: more than 3 ways"):
        explain(build("tls12-client"), conversation(FULL), limit=3)
