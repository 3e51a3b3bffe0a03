"""A peer's certificates: parsed and verified by others, whose errors must be one refusal here."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.hazmat.primitives.serialization import Encoding

from fuzz.decisions import Decisions
from fuzz.deeds import mutate
from fuzz.identities import HOST, NOW, authority, certified_key, trust
from impl.credentials import CertificateRejected, leaf_key, read_chain


def is_accepted(chain: Sequence[bytes], host: str | None) -> bool:
    """Do what a session does with a peer's chain; tell whether it is accepted.

    Parameters
    ----------
    host: the name that a server's leaf must have; None for a client's chain.
    """
    try:
        parsed = read_chain(chain)
        leaf_key(parsed[0])
        trust().check(parsed, host, NOW)
    except CertificateRejected:
        return False
    return True


def check_chain(decisions: Decisions) -> str:
    """Judge a chain of which the leaf, the authority behind it or both are changed."""
    host = decisions.choice((HOST, None))
    leaf = certified_key().chain[0]
    changed = mutate(leaf, decisions.some())
    chain = [changed]
    while decisions:
        chain.append(mutate(authority()[0].public_bytes(Encoding.DER), decisions.some()))
    accepted = is_accepted(chain, host)
    assert not accepted or changed == leaf, "a changed leaf is accepted"
    return "accepted" if accepted else "refused"
