"""The contract's picture says what the contract's table says."""

import pytest

from tlsmodel.draw.contract_view import contract
from tlsmodel.draw.diagram import NodeKind
from tlsmodel.spec.contract import ROWS
from tlsmodel.spec.symbols import CALLS, HANDSHAKE, symbol


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_row_stands_on_an_arrow_that_leaves_its_place(call):
    diagram = contract(call)
    sources = {row: edge.source for edge in diagram.edges for row in edge.rows}

    assert sources == {row.id: str(row.at) for row in ROWS if row.call is call}


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call.name)
def test_every_return_and_every_outcome_of_a_choice_is_shown(call):
    words = {line.text for node in contract(call).nodes for line in node.lines}

    for row in ROWS:
        if row.call is call:
            assert {str(returned) for returned in row.returns} <= words
            for outcome in row.choice.outcomes if row.choice else ():
                assert any(outcome.code in text and (outcome.alert or "") in text for text in words)


def test_what_is_called_again_is_told_from_what_ends_the_session():
    kinds = {node.id: node.kind for node in contract(HANDSHAKE).nodes}

    assert kinds["AGAIN (write)"] is kinds["INTERRUPTED (read)"] is NodeKind.NOTE
    assert kinds["REFUSED"] is NodeKind.FAILED
    assert kinds["SUCCESS"] is NodeKind.FINAL


def test_what_is_no_call_has_no_contract():
    with pytest.raises(ValueError, match="no call 'ServerHello'"):
        contract(symbol("deliver ServerHello"))
