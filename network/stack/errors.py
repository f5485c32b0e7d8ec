"""What can keep the stack from starting, in words for whoever runs it."""

from __future__ import annotations


class StackError(Exception):
    """The stack can't do what was asked; the message says why and what to do about it."""


class DataFolderInUse(StackError):
    """Another copy is running on the same data folder."""


class DataFolderNotWritable(StackError):
    """The data folder can't be written: a read-only disk, or somebody else's folder."""


class ServerFailed(StackError):
    """A server of ours ended or didn't become ready in time."""


class DatabaseUnreachable(StackError):
    """The database that we were given doesn't answer."""


class RedisUnreachable(StackError):
    """The Redis that we were given doesn't answer."""
