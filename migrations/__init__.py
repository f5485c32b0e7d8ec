"""Migrations: sequential, forward only, readable as history."""
