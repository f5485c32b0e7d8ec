"""The stack: PostgreSQL, Redis, web server, worker and scheduler under one command.

A centre's laptop needs nothing but Python: the servers come from wheels and live in the data folder.
A real installation gives the addresses of its own servers in `NETWORK_*` and runs the same code.
"""
