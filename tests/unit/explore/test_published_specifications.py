"""Every legal handshake of the hand-written DTLS automata of others is a path of the DTLS machines."""

import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pytest

from tlsmodel.explore.conversation import Seen, explain, find_scenario
from tlsmodel.machine import build
from tlsmodel.patterns.dot import read_dot
from tlsmodel.spec.scenario import Role, Version

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "dtls-models" / "specifications"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data/dtls-models is not here")

LABEL = re.compile(r"([?!])(?:(?:DHE?|ECDHE?|RSA|PSK|DSS|ECDSA)_)?(?:SIGN_|FIXED_)?([A-Z_]+)")
NAMES = {"EMPTY_CERTIFICATE": "Certificate.empty", "APPLICATION": "ApplicationData"}
built = cache(build)


def seen(label):
    """What an edge shows; parameters that a label bears are not the model's business."""
    mark, message = LABEL.fullmatch(label).groups()
    return Seen(mark == "?", NAMES.get(message, message.title().replace("_", "")))


class Specification:
    """One automaton."""

    def __init__(self, path):
        graph = read_dot(path.read_text())
        self.role = Role.CLIENT if path.parent.name == "clients" else Role.SERVER
        self.initial = graph.initial()
        self.edges = defaultdict(list)
        for source, target, attributes in graph.edges:
            self.edges[source].append((seen(attributes["label"]), target))

    def handshakes(self, start=None, used=()):
        """Yield every way from `start` to `connected` that takes no edge twice."""
        state = start or self.initial
        if state == "connected":
            yield ()
            return
        for number, (message, target) in enumerate(self.edges[state]):
            edge = (state, number)
            if edge not in used:
                for rest in self.handshakes(target, (*used, edge)):
                    yield (message, *rest)

    def conversations(self):
        """Yield each handshake, each followed by itself, and what is legal after a shortest one."""
        ways = dict.fromkeys(self.handshakes())
        yield from ways
        for message, target in self.edges["connected"]:
            if target == "connected":
                yield (*min(ways, key=len), message)
            else:
                yield from ((*again, message, *again) for again in dict.fromkeys(self.handshakes(target)))


@needs_data
@pytest.mark.parametrize(
    "name, least",
    [
        ("clients/all_cert_reneg", 80),
        ("clients/psk_reneg", 10),
        ("servers/all_cert_req", 200),
        ("servers/psk", 1),
    ],
)
def test_every_legal_handshake_is_a_path_of_the_model(name, least):
    specification = Specification(DATA / f"{name}.dot")
    conversations = list(specification.conversations())

    assert len(conversations) >= least
    scenarios = {}
    for conversation in conversations:
        if not any(explain(built(scenario), conversation).whole for scenario in scenarios):
            found = find_scenario(Version.DTLS12, specification.role, conversation, built)
            assert found.whole, (found.scenario.name, conversation[: found.seen + 1])
            scenarios[found.scenario] = conversation
