"""How often one visitor may ask: generously for who is signed in, tightly at the sign-in."""

from __future__ import annotations

from ipaddress import IPv6Address, IPv6Network

from flask import Flask, current_app, request
from flask_limiter import Limiter

from network.core import crypto
from network.core.settings import Settings
from network.tenants.keys import settings as held_settings
from network.web.security import bearer_token, session_cookie_name

EVERYTHING = "RATE_LIMIT_EVERYTHING"
AT_THE_GATE = "RATE_LIMIT_AT_THE_GATE"
OPEN_DATA = "RATE_LIMIT_OPEN_DATA"
HOUSE_BITS = 64  # of an IPv6 address: what a house or an office is given at least
OPEN_TO_ALL = "RATE_LIMIT_OPEN_TO_ALL"


def visitor() -> str:
    """Whose requests are counted together, as a keyed hash: a session, or a network address."""
    who = bearer_token() or request.cookies.get(session_cookie_name()) or request.remote_addr or "nobody"
    return crypto.keyed_hash(held_settings().index_key, "visitor", who).hex()[:32]


def address() -> str:
    """The address that is asking, as a keyed hash. Of IPv6 it is the network: a house has any number of addresses."""
    who = _network(request.remote_addr or "nobody")
    return crypto.keyed_hash(held_settings().index_key, "visitor", who).hex()[:32]


def _network(told: str) -> str:
    try:
        one = IPv6Address(told)
    except ValueError:  # IPv4, or nobody's
        return told
    if one.ipv4_mapped is not None:
        return str(one.ipv4_mapped)
    return str(IPv6Network((int(one), HOUSE_BITS), strict=False))


limiter = Limiter(visitor, default_limits=[lambda: current_app.config[EVERYTHING]])

# For the few views that anybody may send something to.
at_the_gate = limiter.limit(lambda: current_app.config[AT_THE_GATE], key_func=address)

# For what programs read in bulk without signing in.
open_data = limiter.limit(lambda: current_app.config[OPEN_DATA], override_defaults=True)

# For what anybody may look up. A shelter or a hostel is one address with hundreds of telephones behind it: they are
# counted on their own, and never shut out whoever signs in there.
open_to_all = limiter.limit(
    lambda: current_app.config[OPEN_TO_ALL], key_func=address, override_defaults=True, per_method=False
)


def limit(app: Flask, settings: Settings) -> None:
    """Count requests in Redis; where it does not answer, in this process."""
    # A run of tests comes from one address; the test of the limits sets its own.
    testing = settings.environment == "test"
    app.config.setdefault(EVERYTHING, "100000 per minute" if testing else "1200 per minute")
    app.config.setdefault(AT_THE_GATE, "100000 per minute" if testing else "30 per minute")
    app.config.setdefault(OPEN_TO_ALL, "100000 per minute" if testing else "1200 per minute")
    app.config.setdefault(OPEN_DATA, "100000 per minute" if testing else "3000 per minute")
    app.config.update(
        RATELIMIT_STORAGE_URI=f"redis+{settings.redis_url}"
        if settings.redis_url.startswith("unix:")
        else settings.redis_url,
        RATELIMIT_STRATEGY="fixed-window",
        RATELIMIT_HEADERS_ENABLED=False,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=True,
        RATELIMIT_KEY_PREFIX="network",
    )
    limiter.init_app(app)
