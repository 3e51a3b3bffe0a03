"""`python -m tlsmodel` is the same as the command `tlsmodel`."""

from tlsmodel.cli.main import run

run()
