"""A signature by a scheme that the certificate's key cannot make is not checked at all."""

from __future__ import annotations

from impl import Config, SignatureScheme
from impl.codec.certificate import CertificateVerify
from impl.crypto import signatures
from impl.crypto.signatures import PublicKey
from impl.tls13 import authentication, client
from impl.transcript import Transcript
from tlsmodel.targets.zoo.bug import CLIENT, TLS13, Bug, attribute

_check_verify = authentication.check_verify


def _without_key(
    body: bytes, key: PublicKey, context: bytes, transcript: Transcript, config: Config
) -> SignatureScheme:
    scheme = CertificateVerify.parse(body).scheme
    if scheme in config.signature_schemes and scheme not in signatures.schemes_for(key, TLS13):
        return SignatureScheme(scheme)
    return _check_verify(body, key, context, transcript, config)


BUG = Bug(
    "T20",
    "a client accepts a CertificateVerify of a scheme that does not fit the certificate",
    "CVE-2021-3336, wolfSSL before 4.7.0",
    (CLIENT,),
    (TLS13,),
    lambda: attribute(client, "check_verify", _without_key),
)
