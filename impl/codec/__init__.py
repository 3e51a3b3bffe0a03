"""Messages and their fields as bytes (RFC 5246, RFC 8446 section 4): parsing, building, nothing else."""
