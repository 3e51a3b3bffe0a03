"""Alerts: which is sent for which code, what an alert does to the one who reads it; the codes' names."""

import pytest

from impl import AlertDescription, Code, strerror
from impl.alerts import AlertLevel
from tests.contract.codes import SHEET
from tests.contract.drivers import gnutls_library
from tests.contract.drivers.settings import CLIENT, TLS12, TLS13
from tests.contract.drivers.wire import records, wires
from tests.contract.pair import read

WARNING, FATAL = AlertLevel.WARNING, AlertLevel.FATAL
NON_FATAL = {
    "SUCCESS", "AGAIN", "INTERRUPTED", "LARGE_PACKET", "WARNING_ALERT_RECEIVED",
    "GOT_APPLICATION_DATA", "REHANDSHAKE", "REAUTH_REQUEST",
}  # fmt: skip
"""The codes after which the manual pages let the call be repeated."""

A = AlertDescription
ALERTS = {
    "UNEXPECTED_PACKET": A.UNEXPECTED_MESSAGE,
    "UNEXPECTED_HANDSHAKE_PACKET": A.UNEXPECTED_MESSAGE,
    "PREMATURE_TERMINATION": A.UNEXPECTED_MESSAGE,
    "DECRYPTION_FAILED": A.BAD_RECORD_MAC,
    "RECORD_OVERFLOW": A.RECORD_OVERFLOW,
    **dict.fromkeys(
        ("UNKNOWN_CIPHER_SUITE", "INSUFFICIENT_CREDENTIALS", "NO_CIPHER_SUITES", "SAFE_RENEGOTIATION_FAILED",
         "NO_COMMON_KEY_SHARE"),
        A.HANDSHAKE_FAILURE,
    ),
    **dict.fromkeys(("CERTIFICATE_ERROR", "CERTIFICATE_VERIFICATION_ERROR"), A.BAD_CERTIFICATE),
    "RECEIVED_ILLEGAL_PARAMETER": A.ILLEGAL_PARAMETER,
    "UNEXPECTED_PACKET_LENGTH": A.DECODE_ERROR,
    "NO_CERTIFICATE_FOUND": A.DECODE_ERROR,
    "HANDSHAKE_TOO_LARGE": A.DECODE_ERROR,
    **dict.fromkeys(("ERROR_IN_FINISHED_PACKET", "PK_SIG_VERIFY_FAILED"), A.DECRYPT_ERROR),
    "UNSUPPORTED_VERSION_PACKET": A.PROTOCOL_VERSION,
    "SESSION_USER_ID_CHANGED": A.INSUFFICIENT_SECURITY,
    "INAPPROPRIATE_FALLBACK": A.INAPPROPRIATE_FALLBACK,
    "REHANDSHAKE": A.NO_RENEGOTIATION,
    "UNSAFE_RENEGOTIATION_DENIED": A.NO_RENEGOTIATION,
    "MISSING_EXTENSION": A.MISSING_EXTENSION,
    "RECEIVED_ILLEGAL_EXTENSION": A.UNSUPPORTED_EXTENSION,
    "CERTIFICATE_REQUIRED": A.CERTIFICATE_REQUIRED,
    "NO_APPLICATION_PROTOCOL": A.NO_APPLICATION_PROTOCOL,
    "SESSION_EOF": A.CLOSE_NOTIFY,
}  # fmt: skip
"""Code -> alert; a code that is fatal and not here means internal_error."""
WARNINGS = {A.NO_RENEGOTIATION, A.CLOSE_NOTIFY}
every_code = pytest.mark.parametrize("code", [code.name for code in Code])


@pytest.mark.manual("gnutls_alert_send_appropriate(3)", "RFC 8446 section 6.2")
@every_code
def test_the_alert_that_fits_each_code_is_sent_and_none_where_none_is_due(code, open_end, stack, expect):
    wire, _ = wires()
    end = open_end(stack, CLIENT, version=TLS12, wire=wire)
    assert end.handshake() == "AGAIN"
    wire.take_sent()

    assert end.alert_send_appropriate(code) == "SUCCESS"

    due = None
    if code == "REHANDSHAKE" or (code not in NON_FATAL and code != "FATAL_ALERT_RECEIVED"):
        description = ALERTS.get(code, A.INTERNAL_ERROR)
        due = (WARNING if description in WARNINGS else FATAL, description)
    if f"alert-{code}" in _DIFFERING:
        due = expect(f"alert-{code}", due)
    assert [tuple(body) for kind, body in records(wire.take_sent()) if kind == 21] == ([due] if due else [])


_DIFFERING = {"alert-GOT_APPLICATION_DATA", "alert-SESSION_EOF"}


@pytest.mark.manual("gnutls_error_is_fatal(3)", "gnutls_handshake(3)")
@every_code
def test_each_code_is_fatal_unless_the_manual_says_that_the_call_may_be_repeated(code, stack, expect):
    wanted = code not in NON_FATAL
    if code == "GOT_APPLICATION_DATA":
        wanted = expect("application-data-is-fatal", wanted)
    answers = {
        "impl": lambda: Code[code].is_fatal,
        "gnutls": lambda: bool(gnutls_library.library().gnutls_error_is_fatal(Code[code])),
    }

    assert answers[stack]() == wanted


@pytest.mark.manual("gnutls_strerror(3)", "gnutls_strerror_name(3)")
@every_code
def test_each_code_has_the_name_and_number_of_the_manual_and_one_line_of_explanation(code, stack):
    number = Code[code].value
    said = gnutls_library.library().gnutls_strerror(number)
    names = {"impl": Code(number).name, "gnutls": gnutls_library.name(number)}
    lines = {"impl": strerror(Code(number)), "gnutls": gnutls_library.ffi.string(said).decode()}

    assert names[stack] == code
    assert SHEET.get(code, number) == number
    assert lines[stack]
    assert "\n" not in lines[stack]


@pytest.mark.manual("gnutls_alert_send(3)", "gnutls_alert_get(3)")
@pytest.mark.parametrize("description", [A.USER_CANCELED, A.NO_RENEGOTIATION, A.UNRECOGNIZED_NAME])
def test_a_warning_alert_is_reported_and_its_description_can_be_asked_for(connect, role, description):
    pair = connect(TLS12, role).established()
    assert pair.peer.alert_send(WARNING, description) == "SUCCESS"

    assert read(pair.subject) == "WARNING_ALERT_RECEIVED"

    assert pair.subject.alert_get() == description
    pair.assert_talks()


@pytest.mark.manual("gnutls_alert_send(3)", "gnutls_alert_get(3)")
@pytest.mark.parametrize("description", [A.INTERNAL_ERROR, A.UNEXPECTED_MESSAGE, A.CLOSE_NOTIFY])
def test_a_fatal_alert_ends_the_session_and_its_description_can_be_asked_for(
    connect, version, role, description, expect
):
    pair = connect(version, role).established()
    assert pair.peer.alert_send(FATAL, description) == "SUCCESS"

    answer = read(pair.subject)

    assert pair.subject.alert_get() == description
    if description == A.CLOSE_NOTIFY and version == TLS13:
        assert answer == expect("fatal-close-notify", b"")
    else:
        assert answer == "FATAL_ALERT_RECEIVED"
        assert pair.subject.send(b"data") == "INVALID_SESSION"


@pytest.mark.manual("RFC 8446 section 6", "gnutls_alert_get(3)")
@pytest.mark.parametrize("level", [WARNING, FATAL])
def test_in_tls13_every_alert_but_two_is_an_error_whatever_its_level(connect, role, level):
    pair = connect(TLS13, role).established()
    pair.peer.alert_send(level, A.NO_RENEGOTIATION)

    assert read(pair.subject) == "FATAL_ALERT_RECEIVED"
    assert pair.subject.send(b"data") == "INVALID_SESSION"


@pytest.mark.manual("RFC 8446 section 6.1")
def test_in_tls13_user_canceled_does_not_end_the_session(connect, role, expect):
    pair = connect(TLS13, role).established()
    pair.peer.alert_send(WARNING, A.USER_CANCELED)

    assert read(pair.subject) == expect("user-canceled", "WARNING_ALERT_RECEIVED")


@pytest.mark.manual("RFC 5246 section 7.2")
@pytest.mark.parametrize("level", [0, 3, 255])
def test_an_alert_of_a_level_that_does_not_exist_is_refused(connect, level, expect):
    """After the server's first message, where the version is known and nothing is protected yet."""
    pair = connect(TLS12, CLIENT)
    pair.subject.handshake()
    pair.peer.handshake()
    flight = b"".join(pair.subject.wire.waiting)
    pair.subject.wire.lose()
    first = 9 + int.from_bytes(flight[6:9])
    pair.subject.wire.deliver(flight[:3] + (first - 5).to_bytes(2) + flight[5:first])
    assert pair.subject.handshake() == "AGAIN"

    pair.subject.wire.deliver(bytes((21, 3, 3, 0, 2, level, A.USER_CANCELED)))

    assert pair.subject.handshake() == expect("alert-level", "RECEIVED_ILLEGAL_PARAMETER")


@pytest.mark.manual("gnutls_handshake(3)")
@pytest.mark.parametrize("count", [16, 17])
def test_sixteen_warnings_are_borne_in_a_handshake_and_the_seventeenth_ends_it(connect, role, count):
    pair = connect(TLS12, role)
    pair.subject.handshake()
    warning = bytes((21, 3, 3, 0, 2, WARNING, A.UNRECOGNIZED_NAME))
    answers = []
    for _ in range(count):
        pair.subject.wire.deliver(warning)
        answers.append(pair.subject.handshake())

    assert answers[:16] == ["WARNING_ALERT_RECEIVED"] * 16
    if count == 16:
        assert pair.handshake() == ("SUCCESS", "SUCCESS")
    else:
        assert answers[16] == "INTERNAL_ERROR"
        assert pair.subject.handshake() == "INVALID_SESSION"


@pytest.mark.manual("gnutls_alert_send(3)", "RFC 8446 section 6.2")
def test_a_fatal_alert_of_our_own_ends_our_session_as_well(connect, version, role, expect):
    pair = connect(version, role).established()

    assert pair.subject.alert_send(FATAL, A.INTERNAL_ERROR) == "SUCCESS"

    assert pair.subject.send(b"data") == expect("own-fatal-alert", "INVALID_SESSION")
