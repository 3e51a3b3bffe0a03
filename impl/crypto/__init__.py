"""Primitives by their TLS numbers, on top of the cryptography package; no protocol state."""
