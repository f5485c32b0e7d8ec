"""Names are alike in whatever spelling, order and script; those that say that two are two are not."""

from __future__ import annotations

import pytest

from network.directory.twins.names import alikeness, names_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al Hassan Workers' Center", "The Al-Hassan workers center"),
        ("The Al-Hassan workers center", "مركز الحسن للعمال"),
        ("Al Hassan Workers' Center", "مركز الحسن للعمال"),
        ("Dar Al Yaqeen Centre", "Dar al-Yakin center"),
        ("Nur Workers Centre", "Al Noor Workers' Center"),
        ("Tamkeen for Legal Aid", "Tamkeem Legal Aid"),
        ("جمعية الأُسر التنموية الخيريّة", "جمعيه الاسر التنمويه الخيرية"),
        ("UNHCR", "United Nations High Commissioner for Refugees (UNHCR)"),
        ("وزارة العمل", "Ministry of Labour"),
        ("Zarqa Women Centre", "مركز نساء الزرقاء"),
    ],
)
def test_names_are_alike_in_whatever_spelling_order_and_script(one: str, other: str):
    alike, _own = alikeness(names_of(one, country="JO"), names_of(other, country="JO"))
    assert alike > 0.75


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Al Hussein Center", "Al Hassan Center"),
        ("IRD", "ARDD"),
        ("مركز الحسين", "مركز الحسن"),
        ("Caritas Amman", "Caritas Irbid"),
        ("Caritas, Amman branch", "كاريتاس فرع اربد"),
        ("Ministry of Labour of Nepal", "Ministry of Labour, Jordan"),
        ("Shelter 1 of Hope", "Shelter 2 of Hope"),
        ("Jordan Red Crescent", "Jordan Red Cross"),
        ("Women's centre Hope", "Men's centre Hope"),
        ("House of Care", "House of Bread"),
        ("Workers' Support Centre", "Workers' Legal Centre"),
    ],
)
def test_names_that_say_that_two_are_two_are_not_alike(one: str, other: str):
    alike, _own = alikeness(names_of(one, country="JO"), names_of(other, country="JO"))
    assert alike < 0.75
