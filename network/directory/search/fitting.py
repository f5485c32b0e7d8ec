"""Whether services take a client, in SQL: for sorting and counting what is too much to look at one by one.

The same as ``eligibility.match`` answers, from the marks by which the search table keeps a service's conditions
(``condition_marks``); a test holds the two together. Why a service does not take her is asked of ``match``.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from network.directory.eligibility import Profile

# 0 takes her, 1 ask, 2 does not take her. The worst answer of a criterion is that of the service.
FITS = """greatest(
        CASE WHEN s.conditions && %(sex_yes)s::text[] THEN 0
             WHEN %(sex_ask)s::boolean OR NOT s.conditions @> '{sex}' THEN 1 ELSE 2 END,
        CASE WHEN NOT s.conditions @> '{age}' THEN 1 WHEN s.conditions @> '{age:any}' THEN 0
             WHEN %(age)s::integer IS NULL THEN 1
             WHEN %(age)s::integer BETWEEN coalesce(s.age_min, 0) AND coalesce(s.age_max, 1000) THEN 0 ELSE 2 END,
        CASE WHEN NOT s.conditions @> '{nationality}' THEN 1 WHEN s.conditions @> '{nationality:any}' THEN 0
             WHEN %(nationality_yes)s::text[] IS NULL THEN 1
             WHEN s.conditions && %(nationality_no)s::text[] THEN 2
             WHEN s.conditions && %(nationality_yes)s::text[] THEN 0 ELSE 2 END,
        CASE WHEN s.conditions && %(status_yes)s::text[] THEN 0
             WHEN %(status_ask)s::boolean OR NOT s.conditions @> '{legal_status}' THEN 1 ELSE 2 END,
        CASE WHEN s.conditions && %(sector_yes)s::text[] THEN 0
             WHEN %(sector_ask)s::boolean OR NOT s.conditions @> '{sector}' THEN 1 ELSE 2 END,
        CASE WHEN NOT %(children)s::boolean THEN 0 WHEN s.conditions @> '{children:false}' THEN 2
             WHEN NOT s.conditions @> '{children:true}' THEN 1
             WHEN %(girl)s::integer > s.girls_up_to OR %(boy)s::integer > s.boys_up_to
                  OR %(child)s::integer > CASE WHEN s.girls_up_to + s.boys_up_to >= 0
                                               THEN greatest(s.girls_up_to, s.boys_up_to) END THEN 2
             WHEN %(child_of_unknown_age)s::boolean OR (%(girl)s::integer IS NOT NULL AND s.girls_up_to IS NULL)
                  OR (%(boy)s::integer IS NOT NULL AND s.boys_up_to IS NULL)
                  OR (%(child)s::integer IS NOT NULL AND (s.girls_up_to IS NULL OR s.boys_up_to IS NULL
                      OR %(child)s::integer > least(s.girls_up_to, s.boys_up_to))) THEN 1 ELSE 0 END,
        CASE WHEN %(has_documents)s::boolean OR s.conditions @> '{documents:free}' THEN 0
             WHEN %(has_documents)s::boolean IS NULL OR NOT s.conditions @> '{documents:needed}' THEN 1 ELSE 2 END)"""

VERDICTS = ("eligible", "unknown", "not_eligible")
_SEXES = {"female": "sex:women", "male": "sex:men"}


def parameters(profile: Profile) -> dict[str, Any]:
    """What ``FITS`` compares, from what is known of the client."""
    known_sex = _SEXES.get(profile.sex or "")
    sexes = ["sex:any"]
    if profile.sex is not None:
        sexes.append(known_sex or "sex:trans_inclusive")
    status = None if profile.legal_status == "unknown" else profile.legal_status
    nationality = profile.nationality
    return {
        "sex_yes": sexes,
        "sex_ask": known_sex is None,
        "age": profile.age,
        "nationality_yes": [f"nationality:{nationality}", "nationality:others"] if nationality else None,
        "nationality_no": [f"nationality!{nationality}"],
        "status_yes": ["legal_status:any", f"legal_status:{status or 'unknown'}"],
        "status_ask": status is None,
        "sector_yes": ["sector:any", *([f"sector:{profile.sector}"] if profile.sector else [])],
        "sector_ask": profile.sector is None,
        "children": bool(profile.children),
        **_children(profile),
        "has_documents": profile.has_documents,
    }


def _children(profile: Profile) -> dict[str, Any]:
    by_sex: dict[str, list[int]] = {"female": [], "male": [], "": []}
    for sex, age in profile.children:
        if age is not None:
            by_sex[sex if sex in ("female", "male") else ""].append(age)
    return {
        "girl": _oldest(by_sex["female"]),
        "boy": _oldest(by_sex["male"]),
        "child": _oldest(by_sex[""]),
        "child_of_unknown_age": any(age is None for _sex, age in profile.children),
    }


def _oldest(ages: Iterable[int]) -> int | None:
    return max(ages, default=None)
