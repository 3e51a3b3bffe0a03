"""Tiny machines with known answers, to test explorers apart from TLS."""

from typing import NamedTuple

from tlsmodel.machine.machine import Machine
from tlsmodel.machine.run import Successor
from tlsmodel.spec.scenario import scenario
from tlsmodel.spec.symbols import INPUTS, Output, emission

PUSH, PULL, TICK, LOSE = INPUTS[:4]


class Node(NamedTuple):
    """A state: its name stands for the phase."""

    phase: str
    failed: bool = False
    outside: bool = False


class Tiny:
    """A machine written as a list of (state, input, output, next state)."""

    tables = ()

    def __init__(self, name, *edges):
        self.name = name
        self._edges = edges
        self.inputs = tuple(dict.fromkeys(edge[1] for edge in edges))

    def initial(self):
        return Node(self._edges[0][0])

    def label(self, state):
        return state.phase

    def enabled(self, state):
        return tuple(dict.fromkeys(given for at, given, _, _ in self._edges if at == state.phase))

    def successors(self, state, given):
        return tuple(
            Successor(Output(None, (emission(said),) if said else ()), Node(to), ())
            for at, on, said, to in self._edges
            if (at, on) == (state.phase, given)
        )


def machine(name, *edges):
    return Machine(Tiny(name, *edges), scenario("tls13-client"))


def toggle():
    """On, off, on, off."""
    return machine("toggle", ("off", PUSH, "on", "on"), ("on", PUSH, "off", "off"))


def unrolled_toggle():
    """The same behaviour with four states."""
    edges = [(str(at), PUSH, ("on", "off")[at % 2], str((at + 1) % 4)) for at in range(4)]
    return machine("unrolled toggle", *edges)


def worn_toggle():
    """It sticks at the third push."""
    return machine(
        "worn toggle",
        ("0", PUSH, "on", "1"),
        ("1", PUSH, "off", "2"),
        ("2", PUSH, "", "2"),
        ("2", TICK, "", "2"),
    )


def two_phase_lock():
    """Two clients that take two locks in opposite order: the textbook deadlock."""
    edges = []
    for first in range(4):
        for second in range(4):
            # progress: 0 nothing, 1 holds its first lock, 2 holds both, 3 done
            held = {1: {"A"}, 2: {"A", "B"}}.get(first, set()), {1: {"B"}, 2: {"A", "B"}}.get(second, set())
            for who, (mine, order, other) in enumerate(((first, "AB", held[1]), (second, "BA", held[0]))):
                if mine == 3 or (mine < 2 and order[mine] in other):
                    continue
                after = (first + 1, second) if who == 0 else (first, second + 1)
                edges.append((f"{first}{second}", (PUSH, PULL)[who], "", f"{after[0]}{after[1]}"))
    return machine("two-phase lock", *edges)


def lossy_ping():
    """A ping that may be lost and is then sent again, for ever."""
    return machine(
        "lossy ping",
        ("idle", PUSH, "ping", "sent"),
        ("sent", LOSE, "", "idle"),
        ("sent", PULL, "pong", "done"),
    )


def alternating_bit():
    """Sender and receiver of the alternating bit protocol over channels of one frame that may lose it."""
    edges, todo, met = [], [("0", "0", "-", "-")], set()
    while todo:
        state = todo.pop()
        if state in met:
            continue
        met.add(state)
        sender, receiver, frame, answer = state
        flip = {"0": "1", "1": "0"}
        moves = []
        if frame == "-":
            moves.append((PUSH, f"frame{sender}", (sender, receiver, sender, answer)))
        else:
            moves.append((LOSE, "", (sender, receiver, "-", answer)))
            if answer == "-" and frame == receiver:
                moves.append((PULL, "deliver", (sender, flip[receiver], "-", frame)))
            elif answer == "-":
                moves.append((PULL, "", (sender, receiver, "-", frame)))
        if answer != "-":
            moves.append((LOSE, "", (sender, receiver, frame, "-")))
            moves.append((TICK, "", (flip[sender] if answer == sender else sender, receiver, frame, "-")))
        for given, said, after in moves:
            edges.append(("".join(state), given, said, "".join(after)))
            todo.append(after)
    return machine("alternating bit", *edges)
