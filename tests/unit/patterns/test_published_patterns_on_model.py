"""No published bug pattern fits a handshake of our DTLS machines, spelled as the patterns spell it."""

import re
from pathlib import Path

import pytest

from tlsmodel.machine.machine import named
from tlsmodel.patterns import Unfolded, read_patterns
from tlsmodel.spec.row import Row, Verb
from tlsmodel.spec.symbols import Kind

DATA = Path(__file__).parents[3] / ".." / "shared" / "data" / "dtls-models" / "bug-patterns"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the folder ../shared/data/dtls-models is not here")

NAMES = {"ApplicationData": "APPLICATION", "Certificate.empty": "EMPTY_CERTIFICATE"}
PARAMETERS = {
    "client": {
        "I_ServerHello": "ECDH_",
        "I_ServerKeyExchange": "ECDH_",
        "I_CertificateRequest": "ECDSA_SIGN_",
        "O_ClientKeyExchange": "ECDH_",
        "O_Certificate": "ECDSA_",
    },
    "server": {
        "I_ClientHello": "ECDH_",
        "I_ClientKeyExchange": "ECDH_",
        "O_ServerKeyExchange": "ECDHE_",
    },
}
NO_ALERT = "handshake_failure"


def spelled(mark, role, name):
    """The letter of a message: parameters in front, alerts with level and description."""
    if name in NAMES:
        return mark + NAMES[name]
    message, _, variant = name.partition(".")
    if message == "Alert":
        level, _, description = variant.partition(".")
        if level not in ("fatal", "warning"):
            level, description = "warning", level
        return f"{mark}Alert({level.upper()},{(description or NO_ALERT).upper()})"
    parameter = PARAMETERS[role].get(mark + message, "")
    return mark + parameter + re.sub(r"(?<!^)(?=[A-Z])", "_", message).upper()


def letters_of(machine, role):
    """What is dropped or passed over counts as never received, as datagrams that get lost do."""

    def letters(step, _pending):
        rows = (machine.rows[name] for name in step.rows)
        dropped = any(isinstance(row, Row) and row.verb in (Verb.IGNORE, Verb.REFUSE) for row in rows)
        taken = step.given.kind is Kind.DELIVERY and not dropped
        received = (spelled("I_", role, step.given.name),) if taken else ()
        return received + tuple(spelled("O_", role, item.name) for item in step.output.emissions)

    return letters


@needs_data
@pytest.mark.parametrize(
    "role, settings",
    [
        ("client", {}),
        ("client", {"certificate": "on"}),
        ("server", {}),
        ("server", {"auth": "require"}),  # the patterns take a server that asks to insist
    ],
)
def test_no_published_pattern_fits_a_handshake_of_the_model(role, settings):
    machine = named(f"dtls12-{role}:handshake", settings)
    unfolded = Unfolded(machine, letters_of(machine, role))
    patterns = [*read_patterns(DATA / role), *read_patterns(DATA / role / "parametric")]

    assert len(patterns) >= 10
    for pattern in patterns:
        witness = unfolded.witness(pattern.automaton)
        assert witness is None or asked_twice(pattern, witness), f"{pattern.title}:\n{witness}"


def asked_twice(pattern, witness):
    """This pattern forgets a HelloRequest that is repeated before it is answered, which servers may do."""
    names = [step.given.name for step in witness]
    return pattern.title == "Premature HelloRequest" and names[-3:] == [*["HelloRequest"] * 2, "handshake"]
