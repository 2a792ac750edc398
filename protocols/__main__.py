"""`python -m protocols` is the command."""

from protocols.cli import main

main()
