"""The interoperation matrix: every feature with every peer, or the proof that this peer lacks it.

`pytest tests/interop --interop-report docs/interop.md` writes what a run has found.
"""

import pytest

from tests.interop.peers import COLUMNS, make
from tests.interop.rows import FEATURES
from tests.interop.run import PATIENCE, Run

CELLS = [(feature, column) for feature in FEATURES for column, _ in COLUMNS]


@pytest.mark.filterwarnings("ignore:Diffie-Hellman over finite fields")
@pytest.mark.parametrize(
    "feature, column",
    CELLS,
    ids=[f"{feature.name}-{column.replace(', ', '_').replace(' ', '_')}" for feature, column in CELLS],
)
def test_a_feature_with_a_peer(feature, column, identity_files, tmp_path, matrix):
    def run(patience=PATIENCE):
        peer = make(column, identity_files)
        peer.patience = patience
        return Run(feature, peer, tmp_path, patience)

    lack = make(column, identity_files).lacks(feature)
    matrix.begin(feature, column)
    unproven = None if lack is None else lack.doubt(run)
    if lack is not None and unproven is None:
        matrix.lacks(feature, column, lack.reason)
        return
    try:
        tried = run()
        feature.play(tried)
    except Exception as error:
        if unproven is not None:
            error.add_note(f"This is not what the peer is said to lack ({lack.reason}): {unproven!r}")
        raise
    matrix.passed(feature, column, tried)


def test_every_row_has_a_name_of_its_own():
    names = [feature.name for feature in FEATURES]
    assert sorted(set(names)) == sorted(names)
