"""Certificate and CertificateVerify of TLS 1.3, the same for both sides and after the handshake.

Functions of values only.  Theory: RFC 8446 sections 4.3.2 and 4.4.2 to 4.4.4.
"""

from __future__ import annotations

from collections.abc import Sequence

from cryptography import x509

from impl.codec import extensions as ext
from impl.codec.certificate import (
    Certificate13,
    CertificateEntry,
    CertificateRequest13,
    CertificateVerify,
)
from impl.codec.enums import ExtensionType, ProtocolVersion, SignatureScheme
from impl.codec.extensions import NO_EXTENSIONS, Extensions
from impl.codec.messages import encode
from impl.codes import Code
from impl.config import Config
from impl.credentials import CertifiedKey, leaf_key, read_chain
from impl.crypto import signatures
from impl.crypto.signatures import PublicKey, certificate_verify_content
from impl.extension_rules import Place, check, require
from impl.frozen import dataclass
from impl.selection import client_key
from impl.step import Refusal
from impl.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side's accepted chain (DER, leaf first), its leaf's key, and what is stapled to it."""

    chain: tuple[bytes, ...]
    key: PublicKey
    ocsp_response: bytes | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """A server's request, with the client's key that fits it and the scheme to sign with, if there is one."""

    context: bytes
    key: tuple[CertifiedKey, SignatureScheme] | None


def request_message(config: Config, context: bytes = b"") -> bytes:
    """Return a server's CertificateRequest."""
    authorities = () if config.trust is None else config.trust.authorities
    extensions = Extensions.of(
        ext.build_signature_algorithms(config.signature_schemes),
        ext.build_certificate_authorities(authorities) if authorities else None,
    )
    return encode(CertificateRequest13(extensions, context))


def read_request(body: bytes, config: Config) -> Request:
    """Read a CertificateRequest and choose what to show; raises `Refusal` and what the codec raises.

    Its lists are not kept, for they may be long and the requests many.
    """
    request = CertificateRequest13.parse(body)
    check(request.extensions, Place.CERTIFICATE_REQUEST)
    content = require(request.extensions, ExtensionType.SIGNATURE_ALGORITHMS, Place.CERTIFICATE_REQUEST)
    schemes = ext.parse_signature_algorithms(content)
    names = request.extensions.get(ExtensionType.CERTIFICATE_AUTHORITIES)
    authorities = () if names is None else ext.parse_certificate_authorities(names)
    chains = request.extensions.get(ExtensionType.SIGNATURE_ALGORITHMS_CERT)
    listed = None if chains is None else ext.parse_signature_algorithms(chains)
    key = client_key(config, schemes, authorities, ProtocolVersion.TLS13, listed)
    return Request(request.request_context, key)


def certificate_message(key: CertifiedKey | None, context: bytes = b"", *, stapled: bool = False) -> bytes:
    """Return a Certificate, an empty one where there is no key.

    Parameters
    ----------
    stapled: whether to add the OCSP response of the key, if it has one.
    """
    if key is None:
        return encode(Certificate13(request_context=context))
    response = key.ocsp_response if stapled else None
    first = NO_EXTENSIONS if response is None else Extensions.of(ext.build_stapled(response))
    leaf, *issuers = key.chain
    entries = (CertificateEntry(leaf, first), *map(CertificateEntry, issuers))
    return encode(Certificate13(entries, context))


def read_certificate(
    body: bytes, context: bytes, asked_for: Extensions
) -> tuple[Peer, Sequence[x509.Certificate]] | None:
    """Read a Certificate, or None if it is empty; raises `Refusal`, `CertificateRejected`, codec errors.

    Parameters
    ----------
    context: what its request context must be.
    asked_for: the extensions that the entries may answer.
    """
    certificate = Certificate13.parse(body)
    if certificate.request_context != context:
        raise _illegal("Certificate with another request context (RFC 8446 section 4.4.2)")
    if not certificate.entries:
        return None
    for entry in certificate.entries:
        check(entry.extensions, Place.CERTIFICATE, asked_for)
    stapled = certificate.entries[0].extensions.get(ExtensionType.STATUS_REQUEST)
    chain = read_chain(certificate.chain)
    response = None if stapled is None else ext.parse_stapled(stapled)
    return Peer(certificate.chain, leaf_key(chain[0]), response), chain


def verify_message(
    key: CertifiedKey, scheme: SignatureScheme, context: bytes, transcript: Transcript
) -> bytes:
    """Return CertificateVerify over a transcript that ends with Certificate."""
    content = certificate_verify_content(context, transcript.digest())
    return encode(CertificateVerify(scheme, key.sign(scheme, content)))


def check_verify(
    body: bytes, key: PublicKey, context: bytes, transcript: Transcript, config: Config
) -> SignatureScheme:
    """Require that the peer has the key of its certificate (RFC 8446 section 4.4.3); return its scheme."""
    verify = CertificateVerify.parse(body)
    if verify.scheme not in config.signature_schemes:
        raise _illegal(f"signature scheme {verify.scheme:#06x} was not offered")
    if not signatures.fits(key, verify.scheme, ProtocolVersion.TLS13):
        raise _illegal(f"signature scheme {verify.scheme:#06x} does not fit the certificate in TLS 1.3")
    content = certificate_verify_content(context, transcript.digest())
    if not signatures.verify(key, verify.scheme, content, verify.signature):
        raise Refusal(Code.PK_SIG_VERIFY_FAILED, "the peer's CertificateVerify is wrong")
    return SignatureScheme(verify.scheme)


def _illegal(reason: str) -> Refusal:
    return Refusal(Code.RECEIVED_ILLEGAL_PARAMETER, reason)
