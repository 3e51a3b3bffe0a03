"""How a run goes: what our side does, what the peer is asked to do, and what must be true then.

Every play gets a `Run`, which makes connections between `impl` and the peer of a column, in the role that is
left to us.  The last step of most of them is data both ways and close_notify both ways.
"""
