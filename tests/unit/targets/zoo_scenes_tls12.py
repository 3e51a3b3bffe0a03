"""What a seeded bug of TLS 1.2 does and what is right: one scene each, (function, wrong, right)."""

from __future__ import annotations

from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from zoo_ends import (
    CHANGE,
    CLIENT,
    DATA,
    HANDSHAKE,
    HEARTBEAT,
    SERVER,
    TLS12,
    TLS13,
    Ends,
    alert,
    certified_key,
    record,
    said,
    trust,
)

from fuzz.identities import certified_key as other_key
from fuzz.identities import trust as other_trust
from impl import CipherSuite, ClientAuth, Config, MemoryStore, Role, SavedSession, TicketKeys
from impl.codec.messages import handshake as message
from impl.codec.wire import vector
from impl.keyschedule.tls12 import CLIENT_FINISHED, SERVER_FINISHED, verify_data
from impl.negotiation import begin
from impl.step import Send

WARNING = alert(1, 90)
NO_RENEGOTIATION = alert(1, 100)
CLOSE = alert(1, 0)
CCS = record(CHANGE, b"\x01")
RSA_SUITE = {"cipher_suites": (CipherSuite.TLS_RSA_WITH_AES_128_GCM_SHA256,)}
FINISHED, CERTIFICATE_VERIFY, KEY_EXCHANGE = 20, 15, 12
MASTER_KEY = bytes(range(64))


def restarts(bug):
    """How many hellos a client sends after a no_renegotiation warning."""
    ends = Ends((TLS13, TLS12), CLIENT, bug, server={"versions": (TLS12,)})
    hello = ends.flight()[0]
    ends.client.take()
    ends.client.hear(hello, NO_RENEGOTIATION).handshake()
    ends.client.handshake()
    return len(ends.client.take())


def takes_hello_again(bug):
    """A server's answer to the same ClientHello twice."""
    ends = Ends(TLS12, SERVER, bug)
    ends.client.handshake()
    (hello,) = ends.client.take()
    assert ends.server.hear(hello).handshake() == "AGAIN"
    return ends.server.hear(hello).handshake()


def takes_heartbeat(bug):
    """A server that gets a heartbeat inside a message, then the message as a whole."""
    ends = Ends(TLS12, SERVER, bug)
    exchange = ends.answered()[0]
    beat = record(HEARTBEAT, b"\x01\x00\x04ping" + bytes(16))
    half = record(HANDSHAKE, exchange[5:15])
    return ends.server.hear(half, beat, exchange).handshake(), ends.server.state.phase.name


def first_fatal_warning(bug):
    """Which of 40 warnings in a handshake, with a call for each, is fatal."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    answers = [ends.server.hear(WARNING).handshake() for _ in range(40)]
    return next((n for n, code in enumerate(answers, 1) if code != "WARNING_ALERT_RECEIVED"), None)


def drops_warnings(bug):
    """A server's answer to 40 warnings at once."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    return ends.server.hear(*[WARNING] * 40).handshake()


def resumes_under_another_name(bug):
    """Whether a server resumes a session that the client shows under another server name."""
    server = {"tickets": TicketKeys(MASTER_KEY)}
    first = Ends(TLS12, CLIENT, None, server=server).established()
    session = replace(first.client.session.session_data(), server_name="other.test")
    client = {"server_name": "other.test", "resume": session, "trust": None}
    second = Ends(TLS12, SERVER, bug, client=client, server=server).established()
    return second.server.session.parameters.resumed


def changes_identity(victim):
    """A re-handshake in which the victim's peer shows another certificate."""

    def scene(bug):
        shown = {"certified_keys": (certified_key(),)}
        asking = {"client_auth": ClientAuth.REQUIRE, "trust": trust()}
        ends = Ends(TLS12, victim, bug, client=shown, server=asking).established()
        ends.peer.memory.config = replace(ends.peer.config, certified_keys=(certified_key(1),))
        return ends.again()

    return scene


def changes_identity_after_resumption(bug):
    """A resumed client's re-handshake with a server that shows another certificate."""
    server = {"tickets": TicketKeys(MASTER_KEY)}
    first = Ends(TLS12, CLIENT, None, server=server).established()
    resume = {"resume": first.client.session.session_data()}
    ends = Ends(TLS12, CLIENT, bug, client=resume, server=server).established()
    assert ends.client.session.parameters.resumed
    ends.server.memory.config = replace(ends.server.config, certified_keys=(certified_key(1),))
    return ends.again()


def splices(bug):
    """A server that gets another client's first ClientHello inside an established session."""
    ends = Ends(TLS12, SERVER, bug).established()
    victim = begin(Config(Role.CLIENT, versions=(TLS12,)))
    ends.client.say(Send((victim.next.raw,)))
    ends.carry(ends.client)
    assert ends.server.read() == "REHANDSHAKE"
    return ends.server.handshake()


def early_change(victim):
    """ChangeCipherSpec before the key exchange."""

    def scene(bug):
        ends = Ends(TLS12, victim, bug)
        hello = ends.flight()[0]
        if victim is CLIENT:
            assert ends.client.hear(hello).handshake() == "AGAIN"
        return ends.victim.hear(CCS).handshake()

    return scene


def finished_without_change(bug):
    """A client that gets the server's right Finished in the clear instead of ChangeCipherSpec."""
    ends = Ends(TLS12, CLIENT, bug)
    ends.answered()
    pending = ends.client.state.pending
    body = pending.secrets.verify_data(SERVER_FINISHED, pending.transcript)
    return ends.client.hear(said(FINISHED, body)).handshake()


def skips_everything(bug):
    """A client that gets ServerHello and then a Finished that is made without any key."""
    ends = Ends(TLS12, CLIENT, bug)
    ends.client.hear(ends.flight()[0]).handshake()
    state = ends.client.state
    body = verify_data(state.agreed.suite, b"", SERVER_FINISHED, state.transcript.digest())
    return ends.client.hear(said(FINISHED, body)).handshake()


def short_key(bug):
    """A client's answer to an RSA key of 512 bits, and how long its encrypted secret is."""
    server = {**RSA_SUITE, "certified_keys": (other_key("rsa"),)}
    client = {**RSA_SUITE, "trust": other_trust(), "server_name": "server.test"}
    ends = Ends(TLS12, CLIENT, bug, client=client, server=server)
    ends.now[0] = 1_700_000_000.0
    hello, certificate, done = ends.flight()
    numbers = RSAPublicNumbers(65537, 2**511 + 187)
    key = vector(2, numbers.n.to_bytes(64)) + vector(2, b"\x01\x00\x01")
    ends.client.hear(hello, certificate, said(KEY_EXCHANGE, key + vector(2, b"\x04\x01signed")[2:]), done)
    code = ends.client.handshake()
    sent = ends.client.take()
    return code, int.from_bytes(sent[0][9:11]) if sent else None


def without_key_exchange(bug):
    """A client with an ECDHE suite that gets no ServerKeyExchange."""
    ends = Ends(TLS12, CLIENT, bug)
    hello, certificate, _, done = ends.flight()
    return ends.client.hear(hello, certificate, done).handshake()


def unproved_certificate(bug):
    """A server that gets a client's certificate without CertificateVerify, and all else right."""
    shown = {"certified_keys": (certified_key(),)}
    ends = Ends(
        TLS12, SERVER, bug, client=shown, server={"client_auth": ClientAuth.REQUIRE, "trust": trust()}
    )
    certificate, exchange = ends.answered()[:2]
    answer = ends.server.hear(certificate, exchange, CCS).handshake()
    if answer == "AGAIN":
        pending = ends.server.state.pending
        body = pending.secrets.verify_data(CLIENT_FINISHED, pending.transcript)
        answer = ends.server.hear(*ends.server.pen.records(HANDSHAKE, message(FINISHED, body))).handshake()
    return answer


def reads_after_failure(bug):
    """What a session that has failed reads from data in the clear."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    assert ends.server.hear(said(FINISHED)).handshake() == "UNEXPECTED_HANDSHAKE_PACKET"
    return ends.server.hear(record(DATA, b"in the clear")).read()


def bad_signature(bug):
    """A client that gets a ServerKeyExchange whose signature is wrong."""
    ends = Ends(TLS12, CLIENT, bug)
    hello, certificate, exchange, done = ends.flight()
    wrong = exchange[:-1] + bytes((exchange[-1] ^ 1,))
    return ends.client.hear(hello, certificate, wrong, done).handshake()


def verify_first(bug):
    """A server that waits for ClientKeyExchange and gets CertificateVerify."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    return ends.server.hear(said(CERTIFICATE_VERIFY, b"\x04\x03\x00\x01x")).handshake()


def straddles(bug):
    """A server that gets the beginning of Finished together with ClientKeyExchange, before the keys."""
    ends = Ends(TLS12, SERVER, bug)
    exchange = ends.answered()[0]
    return ends.server.hear(record(HANDSHAKE, exchange[5:] + b"\x14\x00"), CCS).handshake()


def closes_early(bug):
    """A server that gets close_notify behind ClientHello."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    return ends.server.hear(CLOSE).handshake()


def data_before_finished(bug):
    """A client that gets application data under the new keys before Finished."""
    ends = Ends(TLS12, CLIENT, bug)
    ends.answered()
    assert ends.client.hear(CCS).handshake() == "AGAIN"
    code = ends.client.hear(*ends.client.pen.records(DATA, b"early")).handshake()
    return code, ends.client.read()


def data_in_first_handshake(bug):
    """A server's answer to application data behind ClientHello."""
    ends = Ends(TLS12, SERVER, bug)
    ends.flight()
    return ends.server.hear(record(DATA, b"early")).handshake()


def stores_with_ticket(bug):
    """How many sessions are in the database of a server that has sent a ticket."""
    store = MemoryStore()
    Ends(TLS12, SERVER, bug, server={"store": store, "tickets": TicketKeys(MASTER_KEY)}).established()
    return len(store)


class Counting(MemoryStore):
    """A store that counts how often it is called."""

    stored = 0

    def store(self, key, data, expires):
        self.stored += 1
        super().store(key, data, expires)


def stores_on_resumption(bug):
    """How often a session is stored that is made and then resumed."""
    store = Counting()
    first = Ends(TLS12, SERVER, bug, server={"store": store}).established()
    resume = {"resume": SavedSession.from_bytes(first.client.session.session_data().to_bytes())}
    second = Ends(TLS12, SERVER, bug, client=resume, server={"store": store}).established()
    assert second.server.session.parameters.resumed
    return store.stored


WRONG_MESSAGE = "UNEXPECTED_HANDSHAKE_PACKET"
# fmt: off
SCENES = [
    ("G01", restarts, 1, 0),
    ("G11", takes_hello_again, "AGAIN", WRONG_MESSAGE),
    ("G13", takes_heartbeat, ("AGAIN", "WAIT_CCS"), ("UNEXPECTED_PACKET", "WAIT_CKE")),
    ("G14", first_fatal_warning, None, 17),
    ("M03", first_fatal_warning, None, 17),
    ("M03b", first_fatal_warning, 18, 17),
    ("T14", drops_warnings, "AGAIN", "WARNING_ALERT_RECEIVED"),
    ("G21", resumes_under_another_name, True, False),
    ("G22", changes_identity(CLIENT), "SUCCESS", "SESSION_USER_ID_CHANGED"),
    ("G22", changes_identity(SERVER), "SUCCESS", "SESSION_USER_ID_CHANGED"),
    ("T17", changes_identity_after_resumption, "SUCCESS", "SESSION_USER_ID_CHANGED"),
    ("T01", splices, "AGAIN", "SAFE_RENEGOTIATION_FAILED"),
    ("T02", early_change(CLIENT), "AGAIN", "UNEXPECTED_PACKET"),
    ("T02", early_change(SERVER), "AGAIN", "UNEXPECTED_PACKET"),
    ("T03", finished_without_change, "SUCCESS", WRONG_MESSAGE),
    ("T04", skips_everything, "SUCCESS", WRONG_MESSAGE),
    ("T05", short_key, ("AGAIN", 64), (WRONG_MESSAGE, None)),
    ("T06", without_key_exchange, "AGAIN", WRONG_MESSAGE),
    ("T08", unproved_certificate, "SUCCESS", "UNEXPECTED_PACKET"),
    ("T13", reads_after_failure, b"in the clear", "INVALID_SESSION"),
    ("T18", bad_signature, "AGAIN", "PK_SIG_VERIFY_FAILED"),
    ("T24", verify_first, "AGAIN", WRONG_MESSAGE),
    ("T29", straddles, "AGAIN", "UNEXPECTED_PACKET"),
    ("T30", closes_early, "spins", "SESSION_EOF"),
    ("T32", data_before_finished, ("AGAIN", b"early"), ("UNEXPECTED_PACKET", "INVALID_SESSION")),
    ("M05", data_in_first_handshake, "GOT_APPLICATION_DATA", "UNEXPECTED_PACKET"),
    ("M10", stores_with_ticket, 1, 0),
    ("M10b", stores_on_resumption, 2, 1),
]
# fmt: on
