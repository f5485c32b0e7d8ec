"""Filling the database: members and listings first, then each centre's cases, several centres at once."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import random
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta

from flask import Flask

from network.app import create_app
from network.bench.seeding.cases import audit, open_case
from network.bench.seeding.clients import Centre, Registered, at_noon, register
from network.bench.seeding.consents import give_consent
from network.bench.seeding.listings import list_services
from network.bench.seeding.people import invent_trouble
from network.bench.seeding.rows import Rows
from network.bench.seeding.size import Size
from network.bench.seeding.tenants import PASSWORD, Member, open_centres, open_headquarters, open_partners
from network.core import clock
from network.core.db import db, unit_of_work
from network.core.settings import Settings
from network.stack.tether import PR_SET_PDEATHSIG
from network.tenants import keys
from network.tenants.context import job_identity, scope

YEARS = 11
BATCH = 250
COMES_AGAIN_SHARE = 0.1
LISTINGS_A_PARTNER = 50

Say = Callable[[str], None]


@dataclass(frozen=True)
class Network:
    """What was made: who signs in where, the largest centre first."""

    centres: tuple[Member, ...]
    partners: tuple[Member, ...]
    password: str = PASSWORD

    @property
    def largest(self) -> Member:
        """The centre whose pages are measured."""
        return self.centres[0]


def fill(variables: Mapping[str, str], size: Size, say: Say) -> Network:
    """Make a network of this size in an installation without any data; ``variables`` are its ``NETWORK_*``."""
    settings = Settings.from_environ(variables)
    # With the tests' cheap hash of passwords: whoever signs in afterwards has hers hashed anew.
    with create_app(replace(settings, environment="test")).app_context():
        headquarters = open_headquarters()
        centres = open_centres(headquarters, size.centres)
        partners = open_partners(headquarters, centres, max(1, size.listings // LISTINGS_A_PARTNER))
        say(f"{len(centres)} centres and {len(partners)} partners with a sign-in")
    app = create_app(settings)
    with app.app_context():
        list_services(headquarters, centres, partners, size.listings)
        say(f"{size.listings} listings")
        db.engine.dispose()
    work = list(zip(centres, size.cases_of_centres(), strict=True))
    if size.cases <= BATCH:
        _fill_centres(app, work)
    else:
        _fill_at_once(variables, work)
    say(f"{size.cases} cases, {size.cases_of_centres()[0]} of them in one centre")
    return Network(tuple(centres), tuple(partners))


def _fill_at_once(variables: Mapping[str, str], work: Sequence[tuple[Member, int]]) -> None:
    """Share the centres between as many processes as there are cores, so that each has about as much to do."""
    shares: list[list[tuple[Member, int]]] = [[] for _core in range(os.cpu_count() or 1)]
    for one in sorted(work, key=lambda one: -one[1]):
        min(shares, key=lambda share: sum(count for _member, count in share)).append(one)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shares), spawning, initializer=_end_with_parent) as workers:
        done = [workers.submit(_fill_in_process, dict(variables), share) for share in shares if share]
        for filled in done:
            filled.result()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _fill_in_process(variables: Mapping[str, str], work: Sequence[tuple[Member, int]]) -> None:
    _fill_centres(create_app(Settings.from_environ(variables)), work)


def _fill_centres(app: Flask, work: Sequence[tuple[Member, int]]) -> None:
    for member, cases in work:
        with app.app_context(), scope(job_identity(member.tenant_id)):
            _fill_centre(member, cases)


def _fill_centre(member: Member, cases: int) -> None:
    """A centre's cases of eleven years, the oldest first, so that ids follow time as they do in life."""
    dice = random.Random(member.prefix)  # noqa: S311  the same network every time
    centre = Centre(
        member.tenant_id,
        member.country,
        member.prefix,
        member.accounts,
        keys.token_secret(member.tenant_id),
        keys.settings().master_key,
    )
    today = clock.today(member.place.time_zone)
    rows, known = Rows(), list[Registered]()
    for number in range(cases):
        day = today - timedelta(days=round(YEARS * 365 * (cases - number) / cases))
        known = [*known[-BATCH:], _one_more(rows, centre, dice, day, known)]
        if (number + 1) % BATCH == 0 or number + 1 == cases:
            with unit_of_work():
                rows.write()


def _one_more(
    rows: Rows, centre: Centre, dice: random.Random, day: date, known: Sequence[Registered]
) -> Registered:
    """A case of somebody new, or now and then of somebody who was here before."""
    trouble = invent_trouble(dice)
    if known and dice.random() < COMES_AGAIN_SHARE and not trouble.restricted:
        client = dice.choice(known)
    else:
        client = register(rows, centre, dice, day, restricted=trouble.restricted)
        audit(rows, centre, client, at_noon(day), "registered", "client", client.id)
    give_consent(rows, open_case(rows, centre, client, trouble, dice, day), dice)
    return client
