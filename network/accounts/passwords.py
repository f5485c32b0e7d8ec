"""Passwords: Argon2id, and what makes one good enough.

Length decides, and how well known a password is; no rule about its composition (NIST SP 800-63B-4, 3.1.1.2).
What is well known comes from zxcvbn's lists of leaked passwords and common words, offline.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache

import argon2
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _
from zxcvbn import zxcvbn

from network.core.errors import Invalid
from network.tenants.keys import settings

SHORTEST = 12
LONGEST = 128
# Fewer guesses than this is within reach of somebody who tries slowly, or who stole the hashes.
FEWEST_GUESSES_LOG10 = 8.0


def hash_password(password: str) -> str:
    """The Argon2id hash to store, with its own parameters in it."""
    return _hasher().hash(_normalised(password))


def matches(stored_hash: str | None, password: str) -> bool:
    """Whether the password is the one that was hashed; takes as long for an account that does not exist."""
    try:
        return _hasher().verify(stored_hash or _nobodys_hash(), _normalised(password)) and bool(stored_hash)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored_hash: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _hasher().check_needs_rehash(stored_hash)


def check_new_password(password: str, known_words: Iterable[str], field: str = "password") -> None:
    """Refuse a password that is too short, too long, too well known, or her own name or e-mail address."""
    if problem := _problem(_normalised(password), list(known_words)):
        raise Invalid(fields={field: [problem]})


def _problem(password: str, known_words: list[str]) -> str | None:
    if len(password) < SHORTEST:
        return _(
            "Use at least %(count)s characters: three or four words are easy to remember.", count=SHORTEST
        )
    if len(password) > LONGEST:
        return _("Use at most %(count)s characters.", count=LONGEST)
    own = sorted({part for word in known_words for part in _parts(word)}, key=len, reverse=True)
    rest = password.casefold()
    for part in own:
        rest = rest.replace(part, "")
    if len(rest) < SHORTEST // 2:
        return _("Choose a password that is not your name or e-mail address.")
    found = zxcvbn(password, user_inputs=own, max_length=LONGEST)
    if float(found["guesses_log10"]) < FEWEST_GUESSES_LOG10:
        return _("This password is easy to guess. Use three or four words that do not belong together.")
    return None


def _parts(word: str) -> list[str]:
    """The word itself, and the pieces of an e-mail address or name that are long enough to give it away."""
    pieces = [word, *word.replace("@", " ").replace(".", " ").split()]
    return [piece.casefold() for piece in pieces if len(piece) >= 3]


def _normalised(password: str) -> str:
    """The same password typed on another keyboard is the same password."""
    return unicodedata.normalize("NFKC", password)


@cache
def _hasher_for(environment: str) -> argon2.PasswordHasher:
    profile = argon2.profiles.CHEAPEST if environment == "test" else argon2.profiles.RFC_9106_LOW_MEMORY
    return argon2.PasswordHasher.from_parameters(profile)


def _hasher() -> argon2.PasswordHasher:
    return _hasher_for(settings().environment)


@cache
def _nobodys_hash_for(environment: str) -> str:
    return _hasher_for(environment).hash("nobody signs in with this")


def _nobodys_hash() -> str:
    return _nobodys_hash_for(settings().environment)
