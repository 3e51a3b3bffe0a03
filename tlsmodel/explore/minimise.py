"""The smallest machine that behaves alike: the quotient by strong bisimulation.

Partition refinement by signatures: two states stay together while each has the same set of (input, output,
block reached).  The coarsest such partition is reached when no block splits any more (Kanellakis and Smolka,
1990; the signatures are Blom and Orzan's, 2003).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tlsmodel.machine.machine import Explicit


def bisimulation(space: Explicit) -> NDArray[np.int32]:
    """Return the block of every state; blocks are numbered by their first state, so state 0 is in block 0."""
    labels = space.given.astype(np.int64) * max(len(space.outputs), 1) + space.output
    blocks = np.zeros(space.states, dtype=np.int32)
    count = 1
    while True:
        blocks = _refine(space, labels, blocks)
        finer = int(blocks.max()) + 1
        if finer == count:
            return blocks
        count = finer


def _refine(space: Explicit, labels: NDArray[np.int64], blocks: NDArray[np.int32]) -> NDArray[np.int32]:
    """Split blocks by what their states do, and number the new ones by their first state."""
    reached = labels * space.states + blocks[space.target]
    order = np.lexsort((reached, space.source))
    source, reached = space.source[order], reached[order]
    fresh = np.ones(len(source), dtype=bool)
    fresh[1:] = (source[1:] != source[:-1]) | (reached[1:] != reached[:-1])
    source, reached = source[fresh], reached[fresh]
    starts = np.searchsorted(source, np.arange(space.states + 1))
    numbers: dict[tuple[int, bytes], int] = {}
    refined = np.empty(space.states, dtype=np.int32)
    for state in range(space.states):
        signature = reached[starts[state] : starts[state + 1]].tobytes()
        refined[state] = numbers.setdefault((int(blocks[state]), signature), len(numbers))
    return refined


def minimise(space: Explicit) -> Explicit:
    """Return the quotient of `space`; its states are the blocks, 0 that of the initial state."""
    blocks = bisimulation(space)
    columns = (blocks[space.source], space.given, space.output, blocks[space.target])
    source, given, output, target = np.unique(np.stack(columns), axis=1)
    return Explicit(
        states=int(blocks.max()) + 1,
        source=source,
        given=given,
        output=output,
        target=target,
        inputs=space.inputs,
        outputs=space.outputs,
    )
