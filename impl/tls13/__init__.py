"""TLS 1.3: one handler per message, one state per phase (RFC 8446 appendix A)."""
