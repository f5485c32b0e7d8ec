"""Machinery of the tests: servers, factories, browsers."""
