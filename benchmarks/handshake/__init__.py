"""Contestants of the handshake benchmark: each module makes a whole handshake of client and server in memory.

Every one has `make(case)`, which does what an application does once and returns what it does per connection,
and says with
`NAME`, `NOTE` and `version()` what it is.
"""
