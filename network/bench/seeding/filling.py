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
from sqlalchemy import select

from network.app import create_app
from network.bench.seeding.cases import Opened, audit_registration, open_case
from network.bench.seeding.clients import Centre, Receiver, Registered, register
from network.bench.seeding.consents import give_consent
from network.bench.seeding.listings import list_services
from network.bench.seeding.people import invent_trouble
from network.bench.seeding.referrals import SHARE, need_to_refer, prepare, prepare_unasked, refer
from network.bench.seeding.rows import Rows, Writer, writing
from network.bench.seeding.size import Size
from network.bench.seeding.tenants import PASSWORD, Member, open_centres, open_headquarters, open_partners
from network.core import clock
from network.core.db import db
from network.core.settings import Settings
from network.directory.models import ServiceSearch
from network.stack.tether import PR_SET_PDEATHSIG
from network.tenants import keys
from network.tenants.context import job_identity, scope
from network.tenants.models import Tenant

YEARS = 11
BATCH = 250
COMES_AGAIN_SHARE = 0.1
LISTINGS_A_PARTNER = 50
# So many of those that are told by hand are enough to choose from.
MOST_OUTSIDE = 500

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


@dataclass(frozen=True)
class Work:
    """A centre to fill: with how many cases and drafts of referrals, and whom it may ask."""

    member: Member
    cases: int
    drafts: int
    asking: int
    receivers: tuple[Receiver, ...]
    outside: tuple[Receiver, ...]
    by_hand: float


def fill(variables: Mapping[str, str], size: Size, say: Say, admin_url: str) -> Network:
    """Make a network of this size in an installation without any data; ``variables`` are its ``NETWORK_*``.

    ``admin_url`` is the administrator's address of the same database, by which rows are copied in bulk.
    """
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
        receivers, outside = _receivers(partners), _without_sign_in(partners[0])
        say(f"{size.listings} listings")
        db.engine.dispose()
    counts = size.cases_of_centres()
    work = [
        Work(
            member,
            count,
            *((size.drafts, size.asking) if number == 0 else (0, 0)),
            receivers,
            outside,
            size.by_hand,
        )
        for number, (member, count) in enumerate(zip(centres, counts, strict=True))
    ]
    if size.cases <= BATCH:
        _fill_centres(app, admin_url, work)
    else:
        _fill_at_once(variables, admin_url, work)
    _settle(admin_url)
    say(f"{size.cases} cases, {counts[0]} of them in one centre, two referrals for five cases")
    return Network(tuple(centres), tuple(partners))


def _receivers(partners: Sequence[Member]) -> tuple[Receiver, ...]:
    """The listings that take referrals in the platform."""
    by_tenant = {one.tenant_id: one for one in partners}
    found: list[Receiver] = []
    with scope(job_identity(partners[0].tenant_id)):
        rows = db.session.execute(
            select(Tenant.id, Tenant.country, Tenant.time_zone, ServiceSearch)
            .join(ServiceSearch, ServiceSearch.organization_id == Tenant.organization_id)
            .where(Tenant.id.in_(by_tenant), ServiceSearch.referral_method == "in_platform")
            .order_by(ServiceSearch.service_at_location_id)
        )
        for tenant_id, country, zone, listing in rows:
            found.append(
                Receiver(
                    tenant_id,
                    by_tenant[tenant_id].accounts[0],
                    listing.organization_id,
                    listing.service_id,
                    listing.service_at_location_id,
                    country,
                    zone,
                )
            )
    return tuple(found)


def _settle(admin_url: str) -> None:
    """As the database's own housekeeping would by and by: figures for its planner, maps of what all may see."""
    with writing(admin_url) as writer:
        writer.execute("VACUUM ANALYZE")


def _fill_at_once(variables: Mapping[str, str], admin_url: str, work: Sequence[Work]) -> None:
    """Share the centres between as many processes as there are cores, so that each has about as much to do."""
    shares: list[list[Work]] = [[] for _core in range(os.cpu_count() or 1)]
    for one in sorted(work, key=lambda one: -one.cases):
        min(shares, key=lambda share: sum(known.cases for known in share)).append(one)
    spawning = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(len(shares), spawning, initializer=_end_with_parent) as workers:
        done = [
            workers.submit(_fill_in_process, dict(variables), admin_url, share) for share in shares if share
        ]
        for filled in done:
            filled.result()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)


def _fill_in_process(variables: Mapping[str, str], admin_url: str, work: Sequence[Work]) -> None:
    _fill_centres(create_app(Settings.from_environ(variables)), admin_url, work)


def _fill_centres(app: Flask, admin_url: str, work: Sequence[Work]) -> None:
    with writing(admin_url) as writer, app.app_context():
        for one in work:
            _fill_centre(_centre(one), one, writer)


def _without_sign_in(reader: Member) -> tuple[Receiver, ...]:
    """Listings of organizations in which nobody signs in, and that are told by telephone."""
    with scope(job_identity(reader.tenant_id)):
        members = select(Tenant.organization_id).where(Tenant.organization_id.is_not(None))
        rows = db.session.scalars(
            select(ServiceSearch)
            .where(ServiceSearch.organization_id.not_in(members), ServiceSearch.referral_method == "phone")
            .order_by(ServiceSearch.service_at_location_id)
            .limit(MOST_OUTSIDE)
        )
        return tuple(
            Receiver(None, None, one.organization_id, one.service_id, one.service_at_location_id, one.country,
                     one.time_zone)
            for one in rows
        )  # fmt: skip


def _centre(work: Work) -> Centre:
    """What the rows of a centre need of it: read at once, so that no transaction waits while they are made."""
    member = work.member
    with scope(job_identity(member.tenant_id)):
        secret = keys.token_secret(member.tenant_id)
    return Centre(
        member.tenant_id,
        member.country,
        member.prefix,
        member.accounts,
        secret,
        keys.settings().master_key,
        tuple(one for one in work.receivers if one.country == member.country),
        tuple(one for one in work.outside if one.country == member.country),
        work.by_hand,
    )


def _fill_centre(centre: Centre, work: Work, writer: Writer) -> None:
    """A centre's cases of eleven years, the oldest first, so that ids follow time as they do in life."""
    member, cases = work.member, work.cases
    dice = random.Random(member.prefix)  # noqa: S311  # the same network every time
    today = clock.today(member.place.time_zone)
    rows, known, open_cases = Rows(), list[Registered](), list[Opened]()
    for number in range(cases):
        day = today - timedelta(days=round(YEARS * 365 * (cases - number) / cases))
        case = _one_more(rows, centre, dice, day, known)
        known = [*known[-BATCH:], case.client]
        if case.state == "open" and need_to_refer(case) is not None:
            open_cases.append(case)
        if (number + 1) % BATCH == 0 or number + 1 == cases:
            rows.write(writer)
    if open_cases and centre.receivers:
        for number in range(work.drafts):
            again, place = divmod(number, len(open_cases))
            receiver = centre.receivers[again % len(centre.receivers)]
            prepare(rows, open_cases[place], receiver, clock.now())
        _prepare_unasked(
            rows,
            centre,
            work.asking,
            open_cases,
            lambda: _one_more(rows, centre, dice, today, known[-BATCH:]),
        )
    rows.write(writer)


def _prepare_unasked(
    rows: Rows, centre: Centre, wanted: int, open_cases: Sequence[Opened], one_more: Callable[[], Opened]
) -> None:
    """Drafts for which somebody is asked first: each person once for each organization, which is what a yes covers.
    In a network too small for so many, more people come."""
    found = {case.client.id: case for case in open_cases}
    organizations = list({one.organization_id: one for one in centre.receivers}.values())
    while len(found) * len(organizations) < wanted:
        case = one_more()
        if case.state == "open" and need_to_refer(case) is not None:
            found.setdefault(case.client.id, case)
    people = list(found.values())
    for number in range(wanted):
        again, place = divmod(number, len(people))
        prepare_unasked(rows, people[place], organizations[again], clock.now(), new=again == 0)


def _one_more(
    rows: Rows, centre: Centre, dice: random.Random, day: date, known: Sequence[Registered]
) -> Opened:
    """A case of somebody new, or now and then of somebody who was here before."""
    trouble = invent_trouble(dice)
    if known and dice.random() < COMES_AGAIN_SHARE and not trouble.restricted:
        client = dice.choice(known)
    else:
        client = register(rows, centre, dice, day, restricted=trouble.restricted)
        audit_registration(rows, centre, client)
    case = open_case(rows, centre, client, trouble, dice, day)
    allowed = give_consent(rows, case, dice)
    if dice.random() < SHARE:
        refer(rows, case, allowed, dice)
    return case
