"""The JSON form reads back equal; anything else is refused in one line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tlsmodel.export import read_json, record, to_json
from tlsmodel.machine import build
from tlsmodel.spec.scenario import SCENARIOS

GOOD = to_json(build("tls13-server:handshake"))


@pytest.mark.parametrize("name", [f"{name}:handshake" for name in sorted(SCENARIOS)])
def test_a_machine_reads_back_equal(name):
    machine = build(name)

    assert read_json(to_json(machine)) == record(machine)


def test_a_session_reads_back_equal_with_every_transition():
    machine = build("tls12-server")
    space = machine.expand()
    back = read_json(to_json(machine))

    assert back == record(machine)
    assert len(back.states) == space.states
    assert len(back.transitions) == len(space.source)


def test_what_was_read_can_be_written_again():
    assert to_json(read_json(GOOD)) == GOOD


def test_the_form_is_plain_json_with_the_documented_keys():
    data = json.loads(GOOD)

    assert list(data) == [
        "format", "version", "machine", "states", "inputs", "outputs", "rows", "transitions",
    ]  # fmt: skip
    assert data["states"][0] == {"label": "START", "phase": "START", "failed": False}
    assert "call handshake" in data["inputs"]


WRONG = {
    "not JSON": "{",
    "an array": "[]",
    "too deep": "[" * 100_000,
    "another format": '{"format": "other"}',
    "another version": GOOD.replace('"version": 1', '"version": 2'),
    "a version that is true": GOOD.replace('"version": 1', '"version": true'),
    "a huge number": GOOD.replace('"version": 1', '"version": ' + "9" * 5000),
    "no machine": GOOD.replace('"machine"', '"machines"'),
    "no states": GOOD.replace('"states"', '"state"'),
    "a flag that is a number": GOOD.replace('"failed": false', '"failed": 0', 1),
    "control characters": GOOD.replace('"label": "START"', '"label": "\\u001b[31m"'),
    "half a surrogate pair": GOOD.replace('"label": "START"', '"label": "\\ud800"'),
    "an unknown symbol": GOOD.replace("call handshake", "call handshape"),
    "an unknown code": GOOD.replace(
        '"code": null, "direction": null', '"code": "not a code", "direction": null', 1
    ),
}
TRANSITIONS = [[0, 0, 0], [0, 0, 0, 99_999, []], [0, 0, 0, -1, []], [True, 0, 0, 0, []], [0, 0, 0, 0, [9999]],
               [0, 0, 0, 0.0, []], [0, 0, 0, 0, 0], "0000", None, {}]  # fmt: skip


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_a_wrong_document_is_refused_in_a_line(text):
    with pytest.raises(ValueError) as refused:
        read_json(text)

    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("transition", TRANSITIONS, ids=repr)
def test_a_wrong_transition_is_refused_by_its_number(transition):
    data = json.loads(GOOD)
    data["transitions"][1] = transition

    with pytest.raises(ValueError, match=r"^transitions\[1\]: "):
        read_json(json.dumps(data))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(key=st.sampled_from(list(json.loads(GOOD))), value=json_values, inside=st.booleans())
def test_any_value_in_any_place_is_read_or_refused(key, value, inside):
    data = json.loads(GOOD)
    if inside and isinstance(data[key], list):
        data[key][0] = value
    else:
        data[key] = value
    text = json.dumps(data)
    refused = None
    try:
        back = read_json(text)
    except ValueError as fault:
        refused = str(fault)

    assert "\n" not in refused if refused else read_json(to_json(back)) == back
