"""The contract suite: statements of the manual pages, each tested against `impl` and libgnutls alike."""
