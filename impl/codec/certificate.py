"""Certificate, CertificateRequest, CertificateVerify, CertificateStatus (RFC 8446 section 4.4, RFC 5246 7.4).

Certificates stay DER here; what is in them is read by `credentials`.
"""

from __future__ import annotations

from typing import ClassVar, Final, Self

from impl.codec.enums import HandshakeType
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.wire import IllegalParameter, Reader, numbers, u8, u16, vector
from impl.frozen import dataclass

_OCSP: Final = 1


@dataclass(frozen=True, slots=True)
class Certificate12:
    """A certificate chain in TLS 1.2.

    Parameters
    ----------
    chain: DER, leaf first; a client without a certificate sends none.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE

    chain: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "Certificate")
        entries = Reader(reader.vector(3), "Certificate")
        reader.end()
        chain = []
        while entries:
            chain.append(entries.vector(3, 1))
        return cls(tuple(chain))

    def body(self) -> bytes:
        """Return the message body."""
        return vector(3, b"".join(vector(3, certificate) for certificate in self.chain))


@dataclass(frozen=True, slots=True)
class CertificateEntry:
    """One certificate of a TLS 1.3 chain.

    Parameters
    ----------
    certificate: DER.
    extensions: such as a stapled OCSP response.
    """

    certificate: bytes
    extensions: Extensions = NO_EXTENSIONS


@dataclass(frozen=True, slots=True)
class Certificate13:
    """A certificate chain in TLS 1.3.

    Parameters
    ----------
    entries: leaf first; a client without a certificate sends none.
    request_context: what the CertificateRequest said; empty at a server.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE

    entries: tuple[CertificateEntry, ...] = ()
    request_context: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` for a doubled extension."""
        reader = Reader(body, "Certificate")
        request_context = reader.vector(1)
        rest = Reader(reader.vector(3), "Certificate")
        reader.end()
        entries = []
        while rest:
            certificate = rest.vector(3, 1)
            entries.append(CertificateEntry(certificate, Extensions.parse(rest.vector(2), "Certificate")))
        return cls(tuple(entries), request_context)

    def body(self) -> bytes:
        """Return the message body."""
        entries = (vector(3, entry.certificate) + entry.extensions.encode() for entry in self.entries)
        return vector(1, self.request_context) + vector(3, b"".join(entries))

    @property
    def chain(self) -> tuple[bytes, ...]:
        """The certificates in DER, leaf first."""
        return tuple(entry.certificate for entry in self.entries)


@dataclass(frozen=True, slots=True)
class CertificateRequest12:
    """A server's wish for a client certificate in TLS 1.2.

    Parameters
    ----------
    certificate_types: numbers of `ClientCertificateType`, or others.
    signature_algorithms: signature schemes.
    authorities: distinguished names in DER.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_REQUEST

    certificate_types: tuple[int, ...]
    signature_algorithms: tuple[int, ...]
    authorities: tuple[bytes, ...] = ()

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "CertificateRequest")
        certificate_types = reader.numbers(1, 1)
        signature_algorithms = reader.numbers(2, 2)
        names = Reader(reader.vector(2), "CertificateRequest")
        reader.end()
        authorities = []
        while names:
            authorities.append(names.vector(2, 1))
        return cls(certificate_types, signature_algorithms, tuple(authorities))

    def body(self) -> bytes:
        """Return the message body."""
        return (
            numbers(1, 1, self.certificate_types)
            + numbers(2, 2, self.signature_algorithms)
            + vector(2, b"".join(vector(2, name) for name in self.authorities))
        )


@dataclass(frozen=True, slots=True)
class CertificateRequest13:
    """A server's wish for a client certificate in TLS 1.3.

    Parameters
    ----------
    extensions: signature_algorithms must be among them, which is for the flows to see.
    request_context: empty during the handshake.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_REQUEST

    extensions: Extensions
    request_context: bytes = b""

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` for a doubled extension."""
        reader = Reader(body, "CertificateRequest")
        request_context = reader.vector(1)
        extensions = Extensions.parse(reader.vector(2, 2), "CertificateRequest")
        reader.end()
        return cls(extensions, request_context)

    def body(self) -> bytes:
        """Return the message body."""
        return vector(1, self.request_context) + self.extensions.encode()


@dataclass(frozen=True, slots=True)
class CertificateVerify:
    """A signature over the handshake; the same in both versions.

    Parameters
    ----------
    scheme: the signature scheme.
    signature: what it made.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_VERIFY

    scheme: int
    signature: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`."""
        reader = Reader(body, "CertificateVerify")
        message = cls(reader.u16(), reader.vector(2))
        reader.end()
        return message

    def body(self) -> bytes:
        """Return the message body."""
        return u16(self.scheme) + vector(2, self.signature)


@dataclass(frozen=True, slots=True)
class CertificateStatus:
    """A stapled OCSP response in TLS 1.2 (RFC 6066 section 8).

    Parameters
    ----------
    response: DER.
    """

    TYPE: ClassVar[HandshakeType] = HandshakeType.CERTIFICATE_STATUS

    response: bytes

    @classmethod
    def parse(cls, body: bytes) -> Self:
        """Read the message body; raises `DecodeError`, and `IllegalParameter` if it is not OCSP."""
        reader = Reader(body, "CertificateStatus")
        kind = reader.u8()
        if kind != _OCSP:
            raise IllegalParameter(f"a certificate status of type {kind}")
        response = reader.vector(3, 1)
        reader.end()
        return cls(response)

    def body(self) -> bytes:
        """Return the message body."""
        return u8(_OCSP) + vector(3, self.response)
