"""Records: framing, protection and the joining of handshake messages (RFC 8446 section 5)."""
