"""What DTLS 1.2 adds to TLS 1.2: flights that are sent again, a timer, cookies (RFC 6347 section 4.2)."""
