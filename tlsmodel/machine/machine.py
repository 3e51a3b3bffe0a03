"""A Mealy machine over dense integers, expanded on demand.

States are interned in order of discovery, so the numbering is reproducible.  The machine may be
nondeterministic: an input has every answer that the RFCs and the manual permit.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from tlsmodel.display import Displayed
from tlsmodel.machine.compose import Session
from tlsmodel.machine.run import Successor as Answer
from tlsmodel.machine.view import HandshakeView
from tlsmodel.spec.contract import ContractRow
from tlsmodel.spec.dtls12.flight import FlightRow
from tlsmodel.spec.row import Row
from tlsmodel.spec.scenario import LIMITS, SCENARIOS, Scenario, scenario
from tlsmodel.spec.symbols import Output, Symbol

VIEW_SUFFIX = ":handshake"
AnyRow = Row | ContractRow | FlightRow


class _Described(Hashable, Protocol):
    @property
    def phase(self) -> str: ...
    @property
    def failed(self) -> bool: ...


S = TypeVar("S", bound=_Described)


class System(Protocol[S]):
    """A transition function over states of any kind; what a `Machine` numbers."""

    name: str
    inputs: tuple[Symbol, ...]

    @property
    def tables(self) -> tuple[AnyRow, ...]: ...
    def initial(self) -> S: ...
    def label(self, state: S) -> str: ...
    def enabled(self, state: S) -> tuple[Symbol, ...]: ...
    def successors(self, state: S, given: Symbol) -> tuple[Answer[S], ...]: ...


class Successor(NamedTuple):
    """One permitted answer, with the next state as a number."""

    output: Output
    target: int
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explicit:
    """A machine in full: one entry per transition in parallel arrays.

    Parameters
    ----------
    states: number of states; 0 is the initial one.
    source, given, output, target: int32 arrays of one length; `given` and `output` index the tuples.
    inputs, outputs: the symbols and outputs, in the order of the indices.
    """

    states: int
    source: NDArray[np.int32]
    given: NDArray[np.int32]
    output: NDArray[np.int32]
    target: NDArray[np.int32]
    inputs: tuple[Symbol, ...]
    outputs: tuple[Output, ...]


class Machine(Displayed, Generic[S]):
    """An explicit machine over a `System`; build one with `build`.

    Parameters
    ----------
    system: the transition function.
    setting: the scenario it was built for.
    """

    def __init__(self, system: System[S], setting: Scenario) -> None:
        self.name = system.name
        self.scenario = setting
        self.inputs = system.inputs
        self.rows: dict[str, AnyRow] = {row.id: row for row in system.tables}
        self._system = system
        self._states: list[S] = []
        self._numbers: dict[S, int] = {}
        self._enabled: dict[int, tuple[Symbol, ...]] = {}
        self._successors: dict[tuple[int, Symbol], tuple[Successor, ...]] = {}
        self.initial = self._intern(system.initial())

    def _intern(self, state: S) -> int:
        number = self._numbers.get(state)
        if number is None:
            number = self._numbers[state] = len(self._states)
            self._states.append(state)
        return number

    @property
    def discovered(self) -> int:
        """How many states have been met so far."""
        return len(self._states)

    def state(self, number: int) -> S:
        """Return the state with its regions."""
        return self._states[number]

    def label(self, number: int) -> str:
        """Return a one-line description of a state."""
        return self._system.label(self._states[number])

    def enabled(self, number: int) -> tuple[Symbol, ...]:
        """Return the inputs that the model answers in a state, in the alphabet's order."""
        found = self._enabled.get(number)
        if found is None:
            found = self._enabled[number] = self._system.enabled(self._states[number])
        return found

    def successors(self, number: int, given: Symbol) -> tuple[Successor, ...]:
        """Return every permitted answer to an enabled input."""
        found = self._successors.get((number, given))
        if found is None:
            answers = self._system.successors(self._states[number], given)
            found = tuple(Successor(item.output, self._intern(item.state), item.rows) for item in answers)
            self._successors[number, given] = found
        return found

    def expand(self, limit: int = 2_000_000) -> Explicit:
        """Discover every reachable state, breadth first, and return the transitions as arrays.

        Raises `MemoryError`, saying how far it came, when more than `limit` states are met.
        """
        columns: tuple[list[int], list[int], list[int], list[int]] = ([], [], [], [])
        inputs = {symbol: index for index, symbol in enumerate(self.inputs)}
        outputs: dict[Output, int] = {}
        source = 0
        while source < len(self._states):
            for given in self.enabled(source):
                for output, target, _ in self.successors(source, given):
                    entry = (source, inputs[given], outputs.setdefault(output, len(outputs)), target)
                    for column, value in zip(columns, entry, strict=True):
                        column.append(value)
            if len(self._states) > limit:
                raise MemoryError(f"{self.name}: more than {limit:,} states; give a smaller setting")
            source += 1
        source_array, given_array, output_array, target_array = (
            np.array(column, dtype=np.int32) for column in columns
        )
        return Explicit(
            states=len(self._states),
            source=source_array,
            given=given_array,
            output=output_array,
            target=target_array,
            inputs=self.inputs,
            outputs=tuple(outputs),
        )

    def graph(self) -> nx.MultiDiGraph[Any]:
        """Return the whole machine as a networkx graph.

        Nodes carry `label`, `phase`, `initial`, `final` and `failed`; edges `input`, `kind`,
        `output`, `rows` and `cite`.
        """
        space = self.expand()
        graph: nx.MultiDiGraph[Any] = nx.MultiDiGraph(name=self.name)
        for number, state in enumerate(self._states):
            graph.add_node(
                number,
                label=self.label(number),
                phase=state.phase,
                initial=number == self.initial,
                final=not self.enabled(number),
                failed=state.failed,
            )
        for number in range(space.states):
            for given in self.enabled(number):
                for output, target, rows in self.successors(number, given):
                    graph.add_edge(
                        number,
                        target,
                        input=given.name,
                        kind=given.kind.value,
                        output=str(output),
                        rows=rows,
                        cite="; ".join(dict.fromkeys(self.rows[row].cite for row in rows)) or given.cite,
                    )
        return graph

    def __repr__(self) -> str:
        return f"<Machine {self.name}: {self.discovered} states met>"


def build(name: str | Scenario) -> Machine[Any]:
    """Return the machine called `name`: a session (``tls13-client``), its messages-only view
    (``tls13-client:handshake``), or the session of a given scenario.

    Raises `ValueError` naming the machines that exist.
    """
    if isinstance(name, Scenario):
        return Machine(Session(name), name)
    setting = scenario(name.removesuffix(VIEW_SUFFIX))
    if name.endswith(VIEW_SUFFIX):
        return Machine(HandshakeView(setting), setting)
    return Machine(Session(setting), setting)


def names() -> tuple[str, ...]:
    """Return the names of all machines, sessions each before its messages-only view."""
    return tuple(name + suffix for name in SCENARIOS for suffix in ("", VIEW_SUFFIX))


def named(name: str, settings: Mapping[str, str]) -> Machine[Any]:
    """Return the machine called `name` with parameters or bounds replaced, as by ``--set inbox=2``.

    Raises `ValueError` naming the machine or setting at fault.
    """
    bounds = [key for key in settings if key in LIMITS]
    if bounds and name.endswith(VIEW_SUFFIX):
        raise ValueError(f"setting {bounds[0]!r} means nothing to {name}: it has phases and messages only")
    setting = scenario(name.removesuffix(VIEW_SUFFIX)).with_settings(settings)
    return Machine(HandshakeView(setting) if name.endswith(VIEW_SUFFIX) else Session(setting), setting)
