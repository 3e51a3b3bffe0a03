"""Two drivers with one interface, `impl` and libgnutls, and what they are connected by."""
