"""Ticket keys do not follow from the application's key but from zeros: anyone can forge a ticket."""

from __future__ import annotations

from typing import Final

from impl.tickets import MASTER_KEY_LENGTH, TicketKeys
from tlsmodel.targets.zoo.bug import EVERY, SERVER, Bug, attribute

_ZEROS: Final = TicketKeys(bytes(MASTER_KEY_LENGTH))
_key = TicketKeys._key

BUG = Bug(
    "G03",
    "a server resumes from a ticket under an all-zero key",
    "CVE-2020-13777, GNUTLS-SA-2020-06-03, GnuTLS 3.6.4 to 3.6.13",
    (SERVER,),
    EVERY,
    lambda: attribute(TicketKeys, "_key", lambda _self, number: _key(_ZEROS, number)),
)
