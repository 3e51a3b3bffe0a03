"""gnutls_handshake(3), sentence by sentence, run unchanged against `impl` and the real libgnutls.

Each test is named after one statement of the manual page (in our words) and knows of no model.
"""

import pytest

from tlsmodel.spec.codes import FATAL_CODES
from tlsmodel.spec.scenario import Role, Version
from tlsmodel.spec.symbols import Return

pytestmark = pytest.mark.manual("gnutls_handshake(3)")

AGAIN_READ, AGAIN_WRITE = Return("AGAIN", 0), Return("AGAIN", 1)
INTERRUPTED_READ, INTERRUPTED_WRITE = Return("INTERRUPTED", 0), Return("INTERRUPTED", 1)
SUCCESS = Return("SUCCESS")


def test_it_performs_the_handshake_and_returns_success(box):
    assert box.handshake() == SUCCESS
    assert box.sent()[-1] in ("Finished", "CertificateVerify") or box.role is Role.SERVER


def test_after_success_the_session_carries_application_data_both_ways(box):
    box.handshake()
    box.sent()

    box.deliver("ApplicationData")

    assert box.call("record_recv") == Return("DATA")
    assert box.call("record_send") == SUCCESS
    assert box.sent() == ["ApplicationData"]


def test_it_may_be_interrupted_and_is_called_again_until_it_succeeds(box):
    """A read interrupted before every message, and nothing lost by it."""
    returned = [box.call("handshake")]
    for name in box.messages:
        box.arm("read_interrupted")
        box.deliver(name)
        assert box.call("handshake") == INTERRUPTED_READ
        returned.append(box.call("handshake"))

    assert returned[-1] == SUCCESS
    assert set(returned[:-1]) == {AGAIN_READ}


def test_again_is_not_fatal_and_the_call_is_repeated_when_data_has_come(box):
    assert box.call("handshake") == AGAIN_READ
    assert box.call("handshake") == AGAIN_READ

    assert box.handshake() == SUCCESS


@pytest.mark.parametrize(
    "disturbance, answer",
    [("write_blocked", AGAIN_WRITE), ("write_cut", AGAIN_WRITE), ("write_interrupted", INTERRUPTED_WRITE)],
)
def test_the_direction_tells_that_a_write_was_interrupted(box, disturbance, answer):
    """Disturb the write of every flight; the repeated call sends it, once."""
    disturbed, sent = [], []
    box.arm(disturbance)
    for name in (None, *box.messages):
        if name:
            box.deliver(name)
        returned = box.call("handshake")
        if returned == answer:
            disturbed.append(name)
            assert box.sent() == []
            returned = box.call("handshake")
            sent += box.sent()
            box.arm(disturbance)

    assert returned == SUCCESS
    assert disturbed
    assert sent
    assert len([item for item in sent if item != "ChangeCipherSpec"]) == len(
        {item for item in sent if item != "ChangeCipherSpec"}
    )


def test_a_message_that_comes_in_parts_is_waited_for(box):
    returned = box.call("handshake")
    for name in box.messages:
        box.arm("read_cut")
        box.deliver(name)
        assert box.call("handshake") == AGAIN_READ
        returned = box.call("handshake")

    assert returned == SUCCESS


def test_a_warning_alert_is_not_fatal_and_the_handshake_goes_on(box12):
    returned = box12.call("handshake")
    for name in box12.messages:
        box12.deliver("Alert.warning")
        assert box12.call("handshake") == Return("WARNING_ALERT_RECEIVED")
        box12.deliver(name)
        returned = box12.call("handshake")

    assert returned == SUCCESS


def test_warning_alerts_have_a_limit(box12):
    box12.call("handshake")
    answers = []
    for _ in range(17):
        box12.deliver("Alert.warning")
        answers.append(box12.call("handshake").code)

    assert answers[:16] == ["WARNING_ALERT_RECEIVED"] * 16
    assert answers[16] in FATAL_CODES


def test_a_fatal_alert_is_fatal(box):
    box.call("handshake")
    box.deliver("Alert.fatal")

    assert box.call("handshake") == Return("FATAL_ALERT_RECEIVED")


def test_a_fatal_error_ends_the_session(box):
    box.call("handshake")
    box.deliver("UnknownHandshake")
    assert box.call("handshake").code in FATAL_CODES
    box.sent()

    box.deliver(*box.messages)

    for _ in range(3):
        assert box.call("handshake").code in FATAL_CODES
    assert box.sent() == []


def test_the_appropriate_alert_tells_the_peer_of_the_error(box):
    box.call("handshake")
    box.sent()
    box.deliver("UnknownHandshake")
    box.call("handshake")

    assert box.sent() == ["Alert.fatal.unexpected_message"]


def test_application_data_is_only_accepted_in_a_rehandshake_and_fatal_in_the_first_handshake(box):
    box.call("handshake")
    box.sent()
    box.deliver("ApplicationData")

    assert box.call("handshake").code in FATAL_CODES - {"GOT_APPLICATION_DATA"}
    assert box.sent() == ["Alert.fatal.unexpected_message"]


def test_no_application_data_passes_before_the_handshake_is_complete(box):
    box.call("handshake")
    box.sent()

    assert box.call("record_send") == Return("UNAVAILABLE_DURING_HANDSHAKE")
    assert box.sent() == []


def test_under_tls13_a_call_after_the_handshake_does_nothing_at_a_server(open_box):
    box = open_box(Version.TLS13, Role.SERVER)
    box.handshake()
    box.sent()

    assert box.call("handshake") == SUCCESS
    assert box.sent() == []


def test_under_tls13_a_call_after_the_handshake_is_a_key_update_at_a_client(open_box):
    box = open_box(Version.TLS13, Role.CLIENT)
    box.handshake()
    box.sent()

    assert box.call("handshake") == SUCCESS
    assert box.sent() == ["KeyUpdate.requested"]
    box.deliver("KeyUpdate.not_requested", "ApplicationData")
    received = box.call("record_recv")
    if received == AGAIN_READ:
        received = box.call("record_recv")
    assert received == Return("DATA")
    assert box.call("record_send") == SUCCESS
    assert box.sent() == ["ApplicationData"]


def test_an_end_of_stream_in_the_handshake_is_a_premature_termination(box):
    box.call("handshake")
    box.deliver("EndOfStream")

    assert box.call("handshake") == Return("PREMATURE_TERMINATION")


def test_a_close_notify_in_the_handshake_is_an_end_of_session(box):
    box.call("handshake")
    box.deliver("Alert.close_notify")

    assert box.call("handshake") == Return("SESSION_EOF")


def test_a_signature_that_does_not_verify_ends_the_handshake(open_box):
    box = open_box(Version.TLS13, Role.CLIENT)
    box.call("handshake")
    box.sent()
    box.deliver("ServerHello", "EncryptedExtensions", "Certificate", "CertificateVerify.bad")

    assert box.call("handshake") == Return("PK_SIG_VERIFY_FAILED")
    assert box.sent()[-1] == "Alert.fatal.decrypt_error"


def test_a_finished_that_does_not_verify_ends_the_handshake(box):
    box.call("handshake")
    box.deliver(*box.messages[:-1], "Finished.bad")

    assert box.call("handshake") == Return("ERROR_IN_FINISHED_PACKET")
    assert box.sent()[-1] == "Alert.fatal.decrypt_error"


def test_bye_tells_the_peer_and_reading_goes_on_until_its_answer(box):
    box.handshake()
    box.sent()

    assert box.call("bye") == SUCCESS
    assert box.sent() == ["Alert.warning.close_notify"]
    box.deliver("ApplicationData", "Alert.close_notify")
    assert box.call("record_recv") == Return("DATA")
    assert box.call("record_recv") == Return("EOF")
