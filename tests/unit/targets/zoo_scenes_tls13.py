"""What a seeded bug of TLS 1.3, or of every version, does and what is right: (function, wrong, right)."""

from __future__ import annotations

from dataclasses import replace

from zoo_ends import (
    CHANGE,
    CLIENT,
    DTLS12,
    HANDSHAKE,
    SERVER,
    TLS12,
    TLS13,
    Ends,
    certified_key,
    record,
    trust,
)

from impl import ClientAuth, NamedGroup, SignatureScheme, TicketKeys
from impl.codec.certificate import CertificateVerify
from impl.codec.messages import encode
from impl.codec.messages import handshake as message
from impl.keyschedule.tls13 import verify_data

CCS = record(CHANGE, b"\x01")
FINISHED = 20
EMPTY_EXTENSIONS = message(8, b"\0\0")
FORGER = TicketKeys(bytes(64))


def resumes_from_forged_ticket(version):
    """Whether a server resumes from a ticket that somebody else has sealed under zeros."""

    def scene(bug):
        server = {"tickets": TicketKeys(bytes(range(64)))}
        first = Ends(version, CLIENT, None, server=server).established()
        session = first.client.session.session_data()
        forged = replace(session, ticket=FORGER.seal(replace(session, ticket=b""), first.now[0]))
        second = Ends(version, SERVER, bug, client={"resume": forged}, server=server).established()
        return second.server.session.parameters.resumed

    return scene


def to_certificate(bug):
    """A client that has got EncryptedExtensions."""
    ends = Ends(TLS13, CLIENT, bug)
    flight = ends.flight()
    assert ends.client.hear(*flight[:3]).handshake() == "AGAIN"
    assert ends.client.state.phase.name == "WAIT_CERT_CR"
    return ends, flight[3:]


def unauthenticated_server(bug):
    """A client that waits for the server's certificate and gets a right Finished."""
    ends, _ = to_certificate(bug)
    keyed = ends.client.state.keyed
    body = verify_data(keyed.suite, keyed.server_secret, keyed.transcript.digest())
    return ends.client.hear(*ends.client.pen.records(HANDSHAKE, message(FINISHED, body))).handshake()


def signature_of_another_kind(bug):
    """A client that gets a CertificateVerify of Ed25519 for a certificate of P-256."""
    ends, rest = to_certificate(bug)
    assert ends.client.hear(rest[0]).handshake() == "AGAIN"
    verify = encode(CertificateVerify(SignatureScheme.ED25519, bytes(64)))
    return ends.client.hear(*ends.client.pen.records(HANDSHAKE, verify)).handshake()


def unauthenticated_client(certificates):
    """A server that requires a client certificate and gets Finished after so many honest messages."""

    def scene(bug):
        shown = {"certified_keys": (certified_key(),)}
        asking = {"client_auth": ClientAuth.REQUIRE, "trust": trust()}
        ends = Ends(TLS13, SERVER, bug, client=shown, server=asking)
        honest = ends.answered()
        assert ends.server.hear(*honest[: 1 + certificates]).handshake() == "AGAIN"
        pending = ends.server.state.pending
        body = verify_data(pending.main.suite, pending.handshake_secret, pending.transcript.digest())
        return ends.server.hear(*ends.server.pen.records(HANDSHAKE, message(FINISHED, body))).handshake()

    return scene


def changes_in_a_row(bug):
    """A server's answer to the second ChangeCipherSpec."""
    ends = Ends(TLS13, SERVER, bug)
    ends.flight()
    assert ends.server.hear(CCS).handshake() == "AGAIN"
    return ends.server.hear(CCS).handshake()


def older_version_after_retry(bug):
    """A client that got HelloRetryRequest meets a server that goes on with TLS 1.2."""
    retrying = {"versions": (TLS13,), "groups": (NamedGroup.SECP384R1,)}
    groups = (NamedGroup.X25519, NamedGroup.SECP256R1, NamedGroup.SECP384R1)
    ends = Ends((TLS13, TLS12), CLIENT, bug, client={"groups": groups}, server=retrying)
    ends.client.hear(ends.flight()[0]).handshake()
    ends.server = Ends(TLS12, CLIENT, None).server
    ends.server.hear(ends.client.take()[-1])
    return ends.handshake()


def straddles(bug):
    """A client that gets ServerHello and EncryptedExtensions in one record, in the clear."""
    ends = Ends(TLS13, CLIENT, bug)
    hello = ends.flight()[0]
    return ends.client.hear(record(HANDSHAKE, hello[5:] + EMPTY_EXTENSIONS)).handshake()


def sends_twice(version):
    """How many hellos a client has sent after its first write would have blocked."""

    def scene(bug):
        ends = Ends(version, CLIENT, bug)
        ends.client.wire.refusal = BlockingIOError()
        assert ends.client.handshake() == "AGAIN"
        ends.client.handshake()
        return len(ends.client.take())

    return scene


def direction_of_interrupted_write(version):
    """What record_get_direction says after a write was interrupted."""

    def scene(bug):
        ends = Ends(version, CLIENT, bug)
        ends.client.wire.refusal = InterruptedError()
        assert ends.client.handshake() == "INTERRUPTED"
        return ends.client.call("record_get_direction")

    return scene


def refused_certificate(version):
    """The answer of a client that calls again after its verify callback has refused."""

    def scene(bug):
        answers = iter((False, *[True] * 9))
        refusing = {"verify_callback": lambda _chain, _name: next(answers)}
        ends = Ends(version, CLIENT, bug, client=refusing)
        ends.client.hear(*ends.flight())
        assert ends.client.handshake() == "CERTIFICATE_ERROR"
        return ends.handshake()

    return scene


def handshake_again(victim):
    """How many records handshake() writes on a complete session."""

    def scene(bug):
        ends = Ends(TLS13, victim, bug).established()
        assert ends.victim.handshake() == "SUCCESS"
        return len(ends.victim.take())

    return scene


def update(ends, times):
    """Let the peer send KeyUpdates; the victim's answers."""
    answers = []
    for _ in range(times):
        assert ends.peer.call("key_update", False) == "SUCCESS"
        ends.carry(ends.peer)
        answers.append(ends.victim.read())
    return answers


def ninth_update(bug):
    """The answer to nine KeyUpdates within a second."""
    return update(Ends(TLS13, SERVER, bug).established(), 9)[-1]


def update_in_another_second(bug):
    """The answer to a ninth KeyUpdate two seconds after the eighth."""
    ends = Ends(TLS13, SERVER, bug).established()
    assert update(ends, 8)[-1] == "AGAIN"
    ends.now[0] += 2
    return update(ends, 1)[-1]


EVERY = (TLS12, TLS13, DTLS12)
WRONG_MESSAGE = "UNEXPECTED_HANDSHAKE_PACKET"
# fmt: off
SCENES = [
    *[("G03", resumes_from_forged_ticket(version), True, False) for version in EVERY],
    ("T19", unauthenticated_server, "SUCCESS", WRONG_MESSAGE),
    ("T20", signature_of_another_kind, "AGAIN", "RECEIVED_ILLEGAL_PARAMETER"),
    ("T22", unauthenticated_client(0), "SUCCESS", WRONG_MESSAGE),
    ("T22", unauthenticated_client(1), "SUCCESS", WRONG_MESSAGE),
    ("T25", changes_in_a_row, "spins", "AGAIN"),
    ("T27", older_version_after_retry, "SUCCESS", "RECEIVED_ILLEGAL_PARAMETER"),
    ("T29", straddles, "AGAIN", "UNEXPECTED_PACKET"),
    *[("M01", sends_twice(version), 2, 1) for version in (TLS12, TLS13)],
    *[("M02", direction_of_interrupted_write(version), 0, 1) for version in (TLS12, TLS13)],
    *[("M04", refused_certificate(version), "SUCCESS", "INVALID_SESSION") for version in EVERY],
    ("M06", handshake_again(SERVER), 1, 0),
    ("M06b", handshake_again(CLIENT), 0, 1),
    ("M13", ninth_update, "AGAIN", "TOO_MANY_HANDSHAKE_PACKETS"),
    ("M13b", update_in_another_second, "TOO_MANY_HANDSHAKE_PACKETS", "AGAIN"),
]
# fmt: on
