"""RSA encryption of premaster secrets (RFC 5246 section 7.4.7.1, RFC 8017 section 7.2)."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from impl.codec.wire import IllegalParameter
from impl.crypto.signatures import PrivateKey, PublicKey


def encrypt(key: PublicKey, secret: bytes) -> bytes:
    """Return `secret` encrypted to a server's key; raises `IllegalParameter` if it cannot be used so."""
    if not isinstance(key, RSAPublicKey):
        raise IllegalParameter("static RSA with a certificate that has no RSA key")
    try:
        return key.encrypt(secret, padding.PKCS1v15())
    except ValueError as error:
        raise IllegalParameter(f"static RSA with a key of {key.key_size} bits, not usable") from error


def decrypt(key: PrivateKey, ciphertext: bytes) -> bytes:
    """Return what `ciphertext` contains, or no bytes if it contains nothing.

    Callers must not let the difference show (RFC 5246 section 7.4.7.1).
    """
    if not isinstance(key, RSAPrivateKey):
        return b""
    try:
        return key.decrypt(ciphertext, padding.PKCS1v15())
    except ValueError:
        return b""
