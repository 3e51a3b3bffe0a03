"""Verdicts for the explorer are read from what `check --json` prints, and nothing else is taken for one."""

import pytest

from tlsmodel.draw.verdicts import verdicts_from_json
from tlsmodel.explore.check import check
from tlsmodel.spec.mutations import MUTATIONS
from tlsmodel.spec.properties import PROPERTIES

STEP = {"input": "call handshake", "code": "AGAIN", "direction": 0, "emissions": [], "rows": []}
HOLDS = {"name": "progress", "machine": "tls13-client", "verdict": "holds", "trace": []}


def printed(name, mutation=None):
    """Return what `check --json` prints of a property of TLS 1.3 clients."""
    found = check("tls13-client", [PROPERTIES[name]], mutation)
    return {"properties": [verdict.to_json() for verdict in found]}


def test_a_property_that_holds_is_shown_with_its_sentence_and_source():
    verdict, *_ = verdicts_from_json(printed("server-proof-13"))

    assert (verdict.verdict, verdict.machine) == ("holds", "tls13-client")
    assert verdict.sentence == PROPERTIES["server-proof-13"].sentence
    assert verdict.cite == PROPERTIES["server-proof-13"].cite
    assert verdict.record is None


def test_a_counterexample_can_be_played():
    verdict, *_ = verdicts_from_json(printed("server-proof-13", MUTATIONS["T19"]))

    assert verdict.verdict == "violated"
    assert len(verdict.steps) == len(verdict.record["steps"]) > 3
    assert verdict.record["machine"] == "tls13-client"


def test_a_counterexample_of_a_pair_is_told_in_words():
    broken = {"name": "no-deadlock", "machine": "tls13?byes=0", "verdict": "violated", "trace": [STEP]}
    (verdict,) = verdicts_from_json({"properties": [broken]})

    assert verdict.steps == ("call handshake -> AGAIN (read)",)
    assert verdict.record is None


@pytest.mark.parametrize(
    "data, fault",
    [
        ([], 'needs "properties"'),
        ({"properties": {}}, 'needs "properties"'),
        ({"properties": [HOLDS] * 10_001}, "a list of at most 10,000"),
        ({"properties": [3]}, "not a verdict: 3"),
        ({"properties": [HOLDS | {"name": "liveliness"}]}, "not a verdict on a property"),
        ({"properties": [HOLDS | {"verdict": "perhaps"}]}, "not a verdict on a property"),
        ({"properties": [HOLDS | {"trace": [{}]}]}, 'step 1: needs "input"'),
    ],
)
def test_what_is_no_verdict_is_refused(data, fault):
    with pytest.raises(ValueError, match=fault):
        verdicts_from_json(data)
