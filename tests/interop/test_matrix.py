"""The interoperation matrix: every feature with every peer, or the reason why that peer lacks it.

`pytest tests/interop --interop-report docs/interop.md` writes what a run has found.
"""

import pytest

from tests.interop.features import FEATURES
from tests.interop.peers import COLUMNS, make
from tests.interop.run import Run

CELLS = [(feature, column) for feature in FEATURES for column, _ in COLUMNS]


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize(
    "feature, column", CELLS, ids=[f"{feature.name}-{column.replace(' ', '_')}" for feature, column in CELLS]
)
def test_a_feature_with_a_peer(feature, column, identity_files, matrix):
    peer = make(column, identity_files)
    reason = peer.unsupported(feature)
    if reason is not None:
        matrix.note(feature, column, reason)
        assert len(reason) > 10
        return
    with matrix.trying(feature, column):
        feature.play(Run(feature, peer))
