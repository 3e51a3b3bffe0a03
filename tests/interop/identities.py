"""Certificates for both sides of every run, of every kind of key, with an OCSP response for the server's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import dh, ec, ed25519, rsa
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from impl import CertifiedKey, NamedGroup, Trust, load_certified_key
from impl.crypto.finite_field import named
from tlsmodel.credentials import Authority, make_authority

HOST = "localhost"
_PEM, _DER = serialization.Encoding.PEM, serialization.Encoding.DER
_MAKERS = {
    "ecdsa": lambda: ec.generate_private_key(ec.SECP256R1()),
    "ecdsa-other": lambda: ec.generate_private_key(ec.SECP256R1()),
    "rsa": lambda: rsa.generate_private_key(65537, 2048),
    "ed25519": ed25519.Ed25519PrivateKey.generate,
}


@dataclass(frozen=True)
class Identity:
    """A certificate with its key, in PEM, and an OCSP response that calls it good (DER)."""

    chain: bytes
    key: bytes
    response: bytes

    def loaded(self, *, stapled: bool = False) -> CertifiedKey:
        """The same as `impl` has it."""
        key = load_certified_key(self.chain, self.key)
        return replace(key, ocsp_response=self.response) if stapled else key


@dataclass(frozen=True)
class Files:
    """Where peers that are programs find everything."""

    folder: Path
    ca: Path
    stranger: Path
    field: Path

    def of(self, name: str, kind: str) -> tuple[Path, Path]:
        """Certificate and key of `server` or `client`."""
        return self.folder / f"{name}-{kind}.pem", self.folder / f"{name}-{kind}.key"

    def response(self, kind: str) -> Path:
        """The OCSP response for the server's certificate."""
        return self.folder / f"server-{kind}.ocsp"


@cache
def authority() -> Authority:
    """Whom everybody believes."""
    return make_authority()


@cache
def ca_pem() -> bytes:
    """The authority's certificate."""
    return authority().certificate.public_bytes(_PEM)


@cache
def stranger_pem() -> bytes:
    """The certificate of an authority that has certified nobody."""
    return make_authority("a stranger").certificate.public_bytes(_PEM)


def trust() -> Trust:
    """The authority as `impl` has it."""
    return Trust.from_pem(ca_pem())


@cache
def identity(name: str, kind: str) -> Identity:
    """The certificate of `server` or `client` with a key of a kind."""
    key = _MAKERS[kind]()
    host = HOST if name == "server" else "client.test"
    begin = datetime.now(UTC) - timedelta(hours=1)
    issuer = authority()
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=kind == "rsa",
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    purposes = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)]))
        .issuer_name(issuer.certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False
        )
        .sign(issuer.key, hashes.SHA256())
    )
    response = (
        ocsp.OCSPResponseBuilder()
        .add_response(
            certificate,
            issuer.certificate,
            hashes.SHA1(),
            ocsp.OCSPCertStatus.GOOD,
            begin,
            begin + timedelta(days=3),
            None,
            None,
        )
        .responder_id(ocsp.OCSPResponderEncoding.NAME, issuer.certificate)
        .certificates([issuer.certificate])
        .sign(issuer.key, hashes.SHA256())
    )
    private = key.private_bytes(_PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Identity(certificate.public_bytes(_PEM), private, response.public_bytes(_DER))


def write_files(folder: Path) -> Files:
    """Put everything into `folder`."""
    found = Files(folder, folder / "ca.pem", folder / "stranger.pem", folder / "field.pem")
    found.ca.write_bytes(ca_pem())
    field = named(NamedGroup.FFDHE2048)
    numbers = dh.DHParameterNumbers(field.prime, field.generator).parameters()
    found.field.write_bytes(numbers.parameter_bytes(_PEM, serialization.ParameterFormat.PKCS3))
    found.stranger.write_bytes(stranger_pem())
    for kind in _MAKERS:
        for name in ("server", "client"):
            certificate, key = found.of(name, kind)
            certificate.write_bytes(identity(name, kind).chain)
            key.write_bytes(identity(name, kind).key)
        found.response(kind).write_bytes(identity("server", kind).response)
    return found
