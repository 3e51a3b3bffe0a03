"""A TLS 1.2 and TLS 1.3 handshake with the caller's contract of gnutls_handshake(3).

These are the public names; everything else may change.
"""

from impl.alerts import AlertDescription, AlertLevel
from impl.anti_replay import AntiReplay
from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, PskKeyExchangeMode, SignatureScheme
from impl.codes import Code, strerror
from impl.config import ClientAuth, Config, Renegotiation, Role
from impl.credentials import CertifiedKey, Psk, Trust, load_certified_key
from impl.observed import MessageHook, Observed
from impl.parameters import Parameters
from impl.saved_session import SavedSession
from impl.session import Received, Sent, Session
from impl.stores import MemoryStore, SqliteStore, Store
from impl.tickets import TicketKeys
from impl.transports import MemoryTransport, SocketTransport, Transport, memory_pair

__all__ = [
    "AlertDescription",
    "AlertLevel",
    "AntiReplay",
    "CertifiedKey",
    "CipherSuite",
    "ClientAuth",
    "Code",
    "Config",
    "MemoryStore",
    "MemoryTransport",
    "MessageHook",
    "NamedGroup",
    "Observed",
    "Parameters",
    "ProtocolVersion",
    "Psk",
    "PskKeyExchangeMode",
    "Received",
    "Renegotiation",
    "Role",
    "SavedSession",
    "Sent",
    "Session",
    "SignatureScheme",
    "SocketTransport",
    "SqliteStore",
    "Store",
    "TicketKeys",
    "Transport",
    "Trust",
    "load_certified_key",
    "memory_pair",
    "strerror",
]
