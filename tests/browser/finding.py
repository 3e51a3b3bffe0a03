"""A finding as the hunt writes it: CVE-2020-24613 seeded, on the steps that Hypothesis shrinks it to."""

from tlsmodel.credentials import shared_credentials
from tlsmodel.hunt.cause import cause_of
from tlsmodel.hunt.finding import Finding, hunted, title_of, write
from tlsmodel.hunt.sut import SystemUnderTest
from tlsmodel.machine import Departure, Oracle, Step, Trace, build
from tlsmodel.spec.symbols import symbol
from tlsmodel.targets.registry import target

MACHINE, TARGET = "tls13-client", "zoo:T19"
INPUTS = (
    *("call handshake", "deliver ServerHello", "call handshake", "deliver EncryptedExtensions"),
    *("deliver Finished", "call handshake"),
)


def shrunk_finding(out):
    """Run the steps on the target, and write its departure below `out`; returns the finding's directory."""
    setting = hunted(MACHINE)
    system = SystemUnderTest(target(TARGET, shared_credentials()), setting, shared_credentials())
    oracle, steps = Oracle(build(setting)), []
    system.reset()
    for given in map(symbol, INPUTS):
        observed = system.step(given)
        answer = oracle.observe(given, observed)
        steps.append(Step(given, observed, answer.rows))
    system.close()
    assert isinstance(answer, Departure)
    cause = cause_of(MACHINE, answer)
    trace = Trace(MACHINE, tuple(steps))
    title = title_of(cause, observed)
    made = Finding(cause.id, title, TARGET, "0.1.0", 1, trace, answer.expected, str(cause), (), True)
    return write(made, out)
