"""Two ends of a connection, of which one may have a seeded bug, and a pen that holds the victim's keys."""

from __future__ import annotations

import time
from collections import deque
from contextlib import nullcontext
from functools import cache
from types import SimpleNamespace

from fuzz.pair import DATAGRAM_HEADER, RECORD_HEADER, split
from fuzz.stage import DatagramPen, StreamPen
from impl import Code, Config, ProtocolVersion, Role, Session, Trust, load_certified_key
from impl.codec.messages import handshake as message
from impl.contract import flush
from impl.perform import perform
from impl.step import Handled
from tlsmodel.credentials import SERVER_NAME, issue, make_authority
from tlsmodel.targets.zoo import BUGS

TLS12, TLS13, DTLS12 = ProtocolVersion.TLS12, ProtocolVersion.TLS13, ProtocolVersion.DTLS12
CLIENT, SERVER = Role.CLIENT, Role.SERVER
HANDSHAKE, CHANGE, ALERT, DATA, HEARTBEAT = 22, 20, 21, 23, 24
MAX_PULLS = 1000
PATIENCE = 40


class Spins(Exception):
    """A call reads on and on."""


@cache
def authority():
    """The one authority of these tests."""
    return make_authority()


@cache
def trust():
    """The trust in it."""
    return Trust([authority().certificate])


@cache
def certified_key(number=0):
    """A P-256 leaf for the server's name; another number is another one."""
    assert number >= 0
    credentials = issue(authority())
    return load_certified_key(credentials.chain_pem, credentials.key_pem)


class Wire:
    """A transport that keeps pieces apart and may refuse one write."""

    def __init__(self):
        self.incoming = deque()
        self.written = deque()
        self.refusal = None
        self.pulls = 0

    def push(self, data):
        refusal, self.refusal = self.refusal, None
        if refusal is not None:
            raise refusal
        self.written.append(bytes(data))
        return len(data)

    def pull(self, size):
        self.pulls += 1
        if self.pulls > MAX_PULLS:
            raise Spins
        if not self.incoming:
            raise BlockingIOError
        piece = self.incoming.popleft()
        if len(piece) > size:
            self.incoming.appendleft(piece[size:])
        return piece[:size]


class End:
    """One session; each of its calls is made under `patch`."""

    def __init__(self, config, patch):
        self.wire = Wire()
        self.config = config
        self.patch = patch
        with patch():
            self.session = Session(config, self.wire, b"client")

    @property
    def memory(self):
        return self.session._memory

    @property
    def state(self):
        return self.memory.state

    @property
    def pen(self):
        """What writes under the keys that this end reads with."""
        victim = SimpleNamespace(session=self.session)
        return StreamPen(victim) if self.memory.datagrams is None else DatagramPen(victim)

    def call(self, name, *arguments):
        """Make a call; "spins" is the answer of one that would never return."""
        self.wire.pulls = 0
        try:
            with self.patch():
                answer = getattr(self.session, name)(*arguments)
        except Spins:
            return "spins"
        return answer.name if isinstance(answer, Code) else answer

    def handshake(self):
        return self.call("handshake")

    def read(self):
        """What a read gives: data, or a code's name."""
        answer = self.call("record_recv")
        return answer if isinstance(answer, str) else answer.data

    def hear(self, *records):
        """Let records arrive, each by itself."""
        self.wire.incoming.extend(records)
        return self

    def take(self):
        """Take what was written, cut into records."""
        header = RECORD_HEADER if self.memory.datagrams is None else DATAGRAM_HEADER
        records = [record for piece in self.wire.written for record in split(piece, header)]
        self.wire.written.clear()
        return records

    def say(self, *effects):
        """Send what an honest session never would, under its keys."""
        perform(self.memory, Handled(self.state, effects))
        assert flush(self.memory) is Code.SUCCESS


class Ends:
    """A client and a server; the victim has the bug called `bug`, if any.

    `client` and `server` change the configurations.
    """

    def __init__(self, version, victim, bug, client=(), server=()):
        versions = version if isinstance(version, tuple) else (version,)
        self.now = [time.time()]
        common = {"versions": versions, "clock": lambda: self.now[0]}
        shown = {"certified_keys": (certified_key(),)}
        configs = {
            CLIENT: {**common, "trust": trust(), "server_name": SERVER_NAME, **dict(client)},
            SERVER: {**common, **shown, **dict(server)},
        }
        patches = dict.fromkeys(Role, nullcontext) | ({victim: BUGS[bug].patch} if bug else {})
        ends = {role: End(Config(role, **configs[role]), patches[role]) for role in Role}
        self.client, self.server = ends[CLIENT], ends[SERVER]
        self.victim = ends[victim]
        self.peer = ends[SERVER if victim is CLIENT else CLIENT]

    def carry(self, source):
        """Let all that one end has written arrive at the other."""
        target = self.server if source is self.client else self.client
        target.hear(*source.take())

    def handshake(self):
        """Let both call handshake() until it succeeds, fails or leads nowhere; the victim's last answer."""
        answers = {self.client: "AGAIN", self.server: "AGAIN"}
        for _ in range(PATIENCE):
            for end in answers:
                if answers[end] in ("AGAIN", "CERTIFICATE_ERROR"):
                    answers[end] = end.handshake()
                self.carry(end)
        return answers[self.victim]

    def established(self):
        """Carry the first handshake through."""
        answer = self.handshake()
        assert answer == "SUCCESS", answer
        for end in (self.client, self.server):
            while end.wire.incoming:
                end.read()
        return self

    def again(self):
        """Carry another handshake through, begun by the client; the victim's last answer."""
        self.client.handshake()
        self.carry(self.client)
        assert self.server.read() == "REHANDSHAKE"
        return self.handshake()

    def flight(self):
        """The server's first flight, record by record, as it answers the client's hello."""
        self.client.handshake()
        self.carry(self.client)
        self.server.handshake()
        return self.server.take()

    def answered(self):
        """The client's second flight, record by record."""
        self.client.hear(*self.flight())
        self.client.handshake()
        return self.client.take()


def record(content_type, fragment):
    """A record in the clear."""
    return bytes((content_type, 3, 3)) + len(fragment).to_bytes(2) + fragment


def said(kind, body=b""):
    """A handshake message in a record in the clear."""
    return record(HANDSHAKE, message(kind, body))


def alert(level, description):
    """An alert in the clear."""
    return record(ALERT, bytes((level, description)))
