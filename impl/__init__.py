"""A TLS 1.2 and TLS 1.3 handshake with the caller's contract of gnutls_handshake(3).

These are the public names; everything else may change.
"""

from impl.alerts import AlertDescription, AlertLevel
from impl.codec.enums import CipherSuite, NamedGroup, ProtocolVersion, SignatureScheme
from impl.codes import Code, strerror
from impl.config import Config, Role
from impl.credentials import CertifiedKey, Trust, load_certified_key
from impl.parameters import Parameters
from impl.session import Received, Sent, Session
from impl.transports import MemoryTransport, SocketTransport, Transport, memory_pair

__all__ = [
    "AlertDescription",
    "AlertLevel",
    "CertifiedKey",
    "CipherSuite",
    "Code",
    "Config",
    "MemoryTransport",
    "NamedGroup",
    "Parameters",
    "ProtocolVersion",
    "Received",
    "Role",
    "Sent",
    "Session",
    "SignatureScheme",
    "SocketTransport",
    "Transport",
    "Trust",
    "load_certified_key",
    "memory_pair",
    "strerror",
]
