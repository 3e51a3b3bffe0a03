"""An explicit model of the TLS handshake as gnutls_handshake(3) promises it, held against real TLS stacks."""
