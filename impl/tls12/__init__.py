"""TLS 1.2 with ECDHE: one handler per message, one state per phase (RFC 5246 section 7.3)."""
