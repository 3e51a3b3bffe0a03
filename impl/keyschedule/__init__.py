"""From a shared secret to keys, one module per protocol version."""
