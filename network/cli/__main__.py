"""`python -m network.cli`: the command by the name of its package."""

from network.cli import main

main()
