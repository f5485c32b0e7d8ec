"""A plan: each row of a feed, the row of the directory that it is, and what would become of it. Writes nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID, uuid5

from network.directory.feeds.comparing.deciding import PRIVATE, Verdict, decide, filled
from network.directory.feeds.comparing.discretion import TOLD, place_of, tells, without_words
from network.directory.feeds.comparing.homes import give_homes, rehang
from network.directory.feeds.comparing.likeness import Likeness
from network.directory.feeds.comparing.planned import Planned, label
from network.directory.feeds.comparing.referring import STANDING, WITHHELD, References
from network.directory.feeds.comparing.signs import Signs, doubles, maybe_ours, take_in
from network.directory.feeds.entities import ENTITIES, LISTINGS
from network.directory.feeds.records import Settings
from network.directory.feeds.sources.remembered import (
    BATCH,
    current_rows,
    digest,
    private_values,
    said_before,
)
from network.directory.feeds.tidying.rows import Row
from network.tenants.context import acting

# Rows of a source have the same ids whenever it is imported: what was begun is gone on with, never begun again.
NAMESPACE: Final = UUID("1c0f5f6e-8f5d-5c2a-9b53-6c1c3b7f2d11")


def plan(rows: Sequence[Row], source: str, settings: Settings) -> list[Planned]:
    """What would become of each row, in the order in which they are written."""
    return _Plan(rows, source, settings).made()


class _Plan:
    def __init__(self, rows: Sequence[Row], source: str, settings: Settings):
        self.source = source
        self.tenant = acting().tenant
        self.refs = References(source)
        self.likeness = Likeness(self.refs, settings)
        self.rows = list(rows)
        self.signs = Signs(())
        self.joined: set[str] = set()
        self.keys: dict[tuple[Any, ...], Planned] = {}

    def made(self) -> list[Planned]:
        self.refs.find_outside(self.rows)
        self.rows = give_homes(self.rows, self.source, self.refs)
        self.rows = rehang(self.rows, self.refs)
        self.signs = Signs(self.rows)
        self.likeness.present = {row.foreign_id for row in self.rows if row.entity == "organization"}
        planned = []
        for entity in (*ENTITIES, ""):
            mine = [
                Planned(row) for row in self.rows if (row.entity if row.entity in ENTITIES else "") == entity
            ]
            if entity:
                self._recognise(entity, mine)
            planned += mine
        self._hide(planned)
        _call(planned)
        for start in range(0, len(planned), BATCH):
            self._judge(planned[start : start + BATCH])
        return planned

    def _recognise(self, entity: str, planned: list[Planned]) -> None:
        kind = ENTITIES[entity]
        for one in planned:
            row = one.row
            if row.refused:
                self.refs.hold(one)
            elif not row.again:
                self.refs.refer(one)
        fresh = [
            one
            for one in planned
            if not one.row.refused and not one.row.again and self.refs.by_id(entity, one) is None
        ]
        alike = self.likeness.alike(entity, fresh)
        for one in self.likeness.like_withheld(entity, [one for one in fresh if id(one) not in alike]):
            one.row.refused = WITHHELD
            self.refs.withheld.add((entity, one.row.foreign_id))
            self.refs.hold(one)
        twice = doubles(entity, planned, {id(one) for one in fresh}, self.signs, self.joined)
        new = {id(one) for one in fresh if id(one) not in alike}
        maybe = maybe_ours(planned, new, self.signs) if entity == "organization" else set()
        taken = {self.refs.by_id(entity, one) for one in planned if not (one.row.refused or one.row.again)}
        written: set[UUID] = set()
        for one in planned:
            row = one.row
            key = (entity, row.foreign_id)
            if row.refused:
                continue
            if row.again:
                one.target = self.refs.ids.get(key)
                continue
            if (double := twice.get(id(one))) is not None:
                self._join(one, double)
                continue
            one.maybe = id(one) in maybe
            target = self.refs.by_id(entity, one)
            if target is None and id(one) in alike and alike[id(one)][0] not in taken:
                target, one.recognised = alike[id(one)]
                taken.add(target)
            if target is None:
                target = uuid5(NAMESPACE, f"{self.tenant}|{self.source}|{entity}|{row.foreign_id}")
            if kind.key:
                same = self.likeness.same(entity, one)
                if (first := self.keys.setdefault(same, one)) is not one and first.target is not None:
                    take_in(first, one)
                    row.again, one.recognised, target = True, "same_key", first.target
            if target in written and not row.again:
                row.again, one.recognised = True, "same_key"
            written.add(target)
            one.target = self.refs.ids[key] = target
            if entity == "organization" and not row.again:
                self.likeness.names[str(target)] = self.likeness.named(one.values)
        self.refs.refer_to_each_other(entity, planned)
        absent = {one.target for one in planned if one.target} - set(self.refs.current.get(entity, {}))
        if absent:
            self.refs.current.setdefault(entity, {}).update(
                current_rows(kind.model, [one for one in absent if one], STANDING)
            )

    def _join(self, one: Planned, first: Planned) -> None:
        """Another row of the file is the same listing: what hangs on this one hangs on that."""
        take_in(first, one)
        one.row.again, one.recognised, one.target = True, "same_in_file", first.target
        if first.target is not None:
            self.refs.ids[one.row.entity, one.row.foreign_id] = first.target
            self.joined.add(str(first.target))

    def _hide(self, planned: Sequence[Planned]) -> None:
        """The address of a confidential place goes where the place keeps it, and nowhere else."""
        places = {one.target: one for one in planned if one.row.entity == "location" and one.row.confidential}
        here = {one for one, row in self.refs.current.get("location", {}).items() if row["confidential"]}
        through = self._through(planned)
        for one in planned:
            row = one.row
            at = place_of(row.entity, one.values, one.target, through)
            if at is None or (UUID(at) not in places and UUID(at) not in here):
                continue
            row.confidential = True
            if row.entity == "location":
                if one.target not in places and not row.refused:
                    one.values = {
                        "confidential": False
                    }  # of a place that is confidential here nothing is taken
                continue
            if not tells(row.entity):
                without_words(one.values)
            elif not row.refused and not row.again:
                self._keep_away(one, places.get(UUID(at)))

    def _through(self, planned: Iterable[Planned]) -> dict[str, str]:
        kinds = ("service_at_location", "contact")
        found = {
            str(one): str(row["location_id"])
            for kind in kinds
            for one, row in self.refs.current.get(kind, {}).items()
            if row["location_id"]
        }
        named = (one for one in planned if one.row.entity in kinds and "location_id" in one.values)
        return found | {str(one.target): str(one.values["location_id"]) for one in named}

    def _keep_away(self, one: Planned, place: Planned | None) -> None:
        if place is None or one.row.entity != "address":
            one.row.refused = TOLD
            return
        address = {name: value for name, value in one.values.items() if name != "location_id"}
        place.values.setdefault(PRIVATE, {}).setdefault("addresses", []).append(address)
        one.row.again, one.recognised = True, "kept_private"

    def _judge(self, planned: Sequence[Planned]) -> None:
        """Say what becomes of some rows. Those of the directory are read whole only where something changed."""
        open_rows = [one for one in planned if not self._is_settled(one)]
        wanted: dict[str, set[UUID]] = defaultdict(set)
        for one in open_rows:
            if one.target in self.refs.current.get(one.row.entity, {}):
                wanted[one.row.entity].add(one.target)
        current = {entity: current_rows(ENTITIES[entity].model, ids) for entity, ids in wanted.items()}
        known = {id(one): self.refs.known.get((one.row.entity, one.row.foreign_id)) for one in open_rows}
        before = said_before([found for found in known.values() if found is not None])
        for one in open_rows:
            entity, found = one.row.entity, known[id(one)]
            here = current.get(entity, {}).get(one.target) if one.target else None
            said = before.get(found.source_id, {}) if found is not None else None
            one.verdict = judge(entity, one.values, here, said, one.recognised)
            if one.maybe and one.verdict.outcome == "created":
                one.verdict.reasons.append("maybe_same")

    def _is_settled(self, one: Planned) -> bool:
        """Whether it is known what becomes of a row without looking at what stands in the directory."""
        row = one.row
        if row.refused:
            one.verdict = Verdict("refused", reasons=[row.refused])
            return True
        if row.again:
            one.verdict = Verdict("merged", reasons=[one.recognised or "same_foreign_id"])
            return True
        assert one.target is not None
        here = one.target in self.refs.current.get(row.entity, {})
        known = self.refs.known.get((row.entity, row.foreign_id))
        if here and known is not None and known.digest == digest(one.values):
            one.verdict = Verdict("unchanged")
            return True
        if not here and self._under_another(one):
            one.verdict = Verdict("suggested", {}, ["not_yours"])
            return True
        return False

    def _under_another(self, one: Planned) -> bool:
        """Whether what a row hangs on is another steward's: then it can only be suggested."""
        kind = ENTITIES[one.row.entity]
        above = [(kind.refs[name], one.values[name]) for name in kind.refs if name in one.values]
        if one.row.entity in ("taxonomy_term", "taxonomy"):
            return False
        above = [
            (entity, owner) for entity, owner in above if entity not in ("taxonomy", "taxonomy_term", "unit")
        ]
        above = [pair for pair in above if pair[0] != one.row.entity]
        for link, of in (("link_id", "link_entity"), ("resource_id", "resource_type")):
            if link in one.values:
                above.append((one.values[of], one.values[link]))
        for entity, owner in above:
            row = self.refs.current.get(entity, {}).get(UUID(owner))
            if row is not None and row["steward_tenant_id"] != self.tenant:
                return True
        return False


def _call(planned: Sequence[Planned]) -> None:
    """Rows without a name of their own are called by the listings on which they hang; by no confidential place."""
    names = {
        (one.row.entity, one.row.foreign_id): label(one.row)
        for one in planned
        if one.row.entity in LISTINGS and not one.row.confidential
    }
    for one in planned:
        row = one.row
        if row.entity not in ENTITIES or label(row):
            continue
        refs = [(kind, row.values.get(name)) for name, kind in ENTITIES[row.entity].refs.items()]
        refs.append((str(row.values.get("link_entity")), row.values.get("link_id")))
        one.above = " · ".join(name for kind, ref in refs if (name := names.get((kind, str(ref)))))[:120]


def judge(
    entity: str,
    values: Mapping[str, Any],
    current: dict[str, Any] | None,
    before: Mapping[str, Any] | None,
    recognised: str,
) -> Verdict:
    """What becomes of a row that is to be carried out now."""
    mine = current is None or current["steward_tenant_id"] == acting().tenant
    if current is not None and entity == "location" and current["confidential"] and mine:
        current = current | {PRIVATE: private_values([current["id"]]).get(current["id"])}
    verdict = decide(entity, values, current, before, mine=mine)
    if verdict.outcome == "suggested" and (current is None or current["steward_tenant_id"] is None):
        return Verdict("unchanged", reasons=["not_yours"])  # the network's own terms are nobody's to change
    return filled(verdict) if recognised == "same_listing" and before is None and mine else verdict
