"""renegotiation_info and the signalling value in first and later handshakes (RFC 5746 sections 3 and 4)."""

from dataclasses import replace

import pytest
from conform_support import BOTH, alert_of, answers_of, client, hello_of, server, told, with_extension
from flow_support import TLS12, established, pair, say

from impl import AlertDescription, CipherSuite, Code, Renegotiation
from impl.codec import extensions as ext
from impl.codec.enums import ExtensionType
from impl.codec.hello import ServerHello
from impl.codec.messages import encode
from impl.codes import appropriate_alert
from impl.step import Send

OLD = {"versions": (TLS12,)}
INFO = ExtensionType.RENEGOTIATION_INFO
SCSV = CipherSuite.TLS_EMPTY_RENEGOTIATION_INFO_SCSV
FAILED = Code.SAFE_RENEGOTIATION_FAILED


def begun(both):
    """The ClientHello of a client that begins another handshake, and the connection that it renews."""
    state = both.client._memory.state
    assert both.client.handshake() is Code.AGAIN
    return both.client._memory.state.hello, state


def unbound(**settings):
    """A pair that has made its first handshake without RFC 5746, because the server has it disabled."""
    both = pair(
        client(**OLD, renegotiation=Renegotiation.UNSAFE),
        server(**OLD, renegotiation=Renegotiation.DISABLED, **settings),
    )
    assert both.handshake() == BOTH
    assert not both.client.parameters.safe_renegotiation
    return both


def test_a_first_hello_has_an_empty_renegotiation_info_and_no_signalling_value():
    for config in (client(), client(**OLD)):
        hello = hello_of(config)
        assert hello.extensions.get(INFO) == b"\0"
        assert SCSV not in hello.cipher_suites


def test_a_later_hello_has_the_verify_data_of_the_client_and_no_signalling_value():
    both = established(TLS12)
    hello, previous = begun(both)

    assert ext.parse_renegotiation_info(hello.extensions.get(INFO)) == previous.client_verify
    assert len(previous.client_verify) == 12
    assert SCSV not in hello.cipher_suites


def test_a_later_server_hello_has_the_verify_data_of_both():
    both = established(TLS12)
    begun(both)
    previous = both.server._memory.state
    sent = []
    transcript_of(both.server, sent)
    assert both.server.handshake() is Code.AGAIN
    (reply,) = sent

    expected = previous.client_verify + previous.server_verify
    assert ext.parse_renegotiation_info(reply.extensions.get(INFO)) == expected


def transcript_of(session, found):
    """Note the ServerHellos that a session puts into its channel."""
    channel = session._memory.channel
    send = channel.send_messages

    class Noting:
        def __getattr__(self, name):
            return getattr(channel, name)

        def __bool__(self):
            return bool(channel)

        def send_messages(self, messages):
            found.extend(ServerHello.parse(message[4:]) for message in messages if message[0] == 2)
            send(messages)

    session._memory.channel = Noting()


@pytest.mark.parametrize("signalled", [True, False])
def test_a_first_server_hello_answers_signal_or_extension_with_an_empty_extension(signalled):
    hello = hello_of(client(**OLD))
    if signalled:
        hello = replace(with_extension(hello, INFO, None), cipher_suites=(*hello.cipher_suites, int(SCSV)))
    both, code = told(hello, server(**OLD))

    assert code is Code.AGAIN
    assert answers_of(both)[0].extensions.get(INFO) == b"\0"


def test_a_first_server_hello_has_none_for_a_client_that_says_nothing():
    both, code = told(with_extension(hello_of(client(**OLD)), INFO, None), server(**OLD))

    assert code is Code.AGAIN
    assert INFO not in answers_of(both)[0].extensions


def say_hello(both, hello):
    """Let the client of a connection send a ClientHello, and return what the server says."""
    say(both.client, Send((encode(hello),)))
    return both.server.handshake()


def test_a_later_hello_with_the_signalling_value_is_refused_even_if_it_is_bound():
    both = established(TLS12)
    verify = both.client._memory.state.client_verify
    hello = with_extension(hello_of(client(**OLD)), *ext.build_renegotiation_info(verify))

    signalled = replace(hello, cipher_suites=(*hello.cipher_suites, int(SCSV)))
    assert say_hello(both, signalled) is FAILED
    assert alert_of(both.server) is AlertDescription.HANDSHAKE_FAILURE
    # Everything random is fixed, and so another connection has the same verify_data.
    assert say_hello(established(TLS12), hello) is Code.AGAIN


@pytest.mark.parametrize(
    "change",
    [
        lambda *_: None,
        lambda *_: b"",
        lambda client_verify, _: client_verify,
        lambda client_verify, server_verify: server_verify + client_verify,
        lambda client_verify, _: client_verify + bytes(12),
        lambda _, server_verify: bytes(12) + server_verify,
    ],
    ids=["missing", "empty", "first half only", "halves swapped", "second half wrong", "first half wrong"],
)
def test_a_later_server_hello_that_is_not_bound_is_refused(change):
    both = established(TLS12)
    _, previous = begun(both)
    content = change(previous.client_verify, previous.server_verify)
    plain = answers_of(told(hello_of(client(**OLD)), server(**OLD))[0])[0]
    info = None if content is None else ext.build_renegotiation_info(content)[1]
    say(both.server, Send((encode(with_extension(plain, INFO, info)),)))

    assert both.client.handshake() is FAILED
    assert alert_of(both.client) is AlertDescription.HANDSHAKE_FAILURE


def test_a_later_server_hello_that_is_bound_is_taken():
    both = established(TLS12)
    _, previous = begun(both)
    plain = answers_of(told(hello_of(client(**OLD)), server(**OLD))[0])[0]
    info = ext.build_renegotiation_info(previous.client_verify + previous.server_verify)
    say(both.server, Send((encode(with_extension(plain, *info)),)))

    assert both.client.handshake() is Code.AGAIN
    assert both.client.path[-1] == "WAIT_CERT"


def test_a_client_that_renegotiates_with_an_old_server_says_that_it_is_none():
    both = unbound()
    hello, previous = begun(both)

    assert ext.parse_renegotiation_info(hello.extensions.get(INFO)) == previous.client_verify
    assert SCSV not in hello.cipher_suites
    assert both.handshake() == BOTH


def test_an_old_server_that_suddenly_knows_renegotiation_info_is_refused():
    both = unbound()
    _, previous = begun(both)
    plain = answers_of(told(hello_of(client(**OLD)), server(**OLD))[0])[0]
    info = ext.build_renegotiation_info(previous.client_verify + previous.server_verify)
    say(both.server, Send((encode(with_extension(plain, *info)),)))

    assert both.client.handshake() is FAILED


def old_client():
    """A pair of a server that allows unsafe renegotiation and a client that does not know RFC 5746."""
    both = pair(
        client(**OLD, renegotiation=Renegotiation.DISABLED),
        server(**OLD, renegotiation=Renegotiation.UNSAFE),
    )
    assert both.handshake() == BOTH
    assert not both.server.parameters.safe_renegotiation
    return both


def test_an_old_client_may_renegotiate_only_without_any_sign_of_rfc_5746():
    plain = with_extension(hello_of(client(**OLD)), INFO, None)
    assert say_hello(old_client(), plain) is Code.AGAIN

    for info in (b"\0", b"\x0c" + bytes(12)):
        assert say_hello(old_client(), with_extension(plain, INFO, info)) is FAILED
    signalled = replace(plain, cipher_suites=(*plain.cipher_suites, int(SCSV)))
    assert say_hello(old_client(), signalled) is FAILED


def test_by_default_an_old_peer_gets_no_other_handshake():
    both = pair(client(**OLD), server(**OLD, renegotiation=Renegotiation.DISABLED))
    assert both.handshake() == BOTH
    assert both.client.handshake() is Code.UNSAFE_RENEGOTIATION_DENIED
    both = pair(client(**OLD, renegotiation=Renegotiation.DISABLED), server(**OLD))
    assert both.handshake() == BOTH
    both.client.handshake()
    assert both.server.handshake() is Code.UNSAFE_RENEGOTIATION_DENIED

    level, alert = appropriate_alert(Code.UNSAFE_RENEGOTIATION_DENIED)
    assert (level.name, alert.name) == ("WARNING", "NO_RENEGOTIATION")


def test_a_client_that_insists_ends_the_handshake_with_an_old_server():
    both = pair(
        client(**OLD, renegotiation=Renegotiation.SAFE),
        server(**OLD, renegotiation=Renegotiation.DISABLED),
    )
    both.handshake()
    assert both.client.handshake() is Code.INVALID_SESSION
    assert alert_of(both.client) is AlertDescription.HANDSHAKE_FAILURE
    assert both.client.alert_send_appropriate(FAILED) is Code.SUCCESS
    assert both.server.handshake() is Code.FATAL_ALERT_RECEIVED
    assert both.server.alert_get() == AlertDescription.HANDSHAKE_FAILURE
