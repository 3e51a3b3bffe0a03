"""The requirements of the RFCs, what carries each of them, and the page made of both."""
