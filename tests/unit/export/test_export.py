"""Exports are read back and refuse what is damaged."""

import io
import json

import networkx as nx
import pytest

from tlsmodel.export import from_json, to_graphml, to_json
from tlsmodel.export.record import record
from tlsmodel.machine import build


def test_a_machine_is_read_back_from_its_json():
    machine = build("tls12-client:handshake")

    assert from_json(to_json(machine)) == record(machine)


def test_graphml_is_read_back_by_networkx():
    machine = build("tls13-server:handshake")
    graph = nx.read_graphml(io.BytesIO(to_graphml(machine).encode()))

    assert graph.number_of_nodes() == machine.expand().states


@pytest.mark.parametrize(
    "change, fault",
    [
        ({"version": 2}, "not a tlsmodel-machine of version 1"),
        ({"transitions": [[0, 0, 0]]}, "transition 0: not four indices"),
        ({"transitions": [[0, 0, 0, 99999]]}, "transition 0: not four indices in range"),
        ({"transitions": [[True, 0, 0, 0]]}, "transition 0"),
        ({"inputs": ["call nonsense"]}, "transition|unknown symbol"),
        ({"outputs": [3]}, "transition|not an output"),
    ],
)
def test_damaged_json_is_refused(change, fault):
    data = json.loads(to_json(build("tls13-server:handshake"))) | change

    with pytest.raises(ValueError, match=fault):
        from_json(json.dumps(data))


@pytest.mark.parametrize("text", ["", "[", "[" * 100_000, "null", "\x00"])
def test_what_is_no_json_is_refused(text):
    with pytest.raises(ValueError, match="not"):
        from_json(text)
