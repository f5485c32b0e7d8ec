"""There is one door: nobody else freezes a packet, and nobody else reads case data by category to send it."""

from __future__ import annotations

import ast
from pathlib import Path

NETWORK = Path(__file__).resolve().parents[2] / "network"
DOOR = "consent/disclosure/"
# Copies invented disclosures into a throwaway database, by its administrator: nothing there is anybody's.
INVENTED = "bench/seeding/disclosures.py"
# Who writes what a disclosure is, and who reads what it may choose from.
GUARDED = {
    # At a start it is the garbage collector that freezes.
    "freeze": {"consent/packets.py", "stack/starting.py"},
    "data_by_category": {"cases/queries/"},
    "Disclosure": {"consent/models.py", "consent/queries/", INVENTED},
    "DisclosureGrant": {"consent/models.py", "consent/queries/", INVENTED},
    "PacketPart": {"consent/models.py", "consent/packets.py", INVENTED},
}


def names_in(source: str) -> set[str]:
    """Every name and attribute that a module uses or imports."""
    tree = ast.parse(source)
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom | ast.Import):
            found |= {alias.name.rsplit(".", 1)[-1] for alias in node.names}
    return found


def trespassers(files: dict[str, str]) -> set[tuple[str, str]]:
    """Which modules use what only the door may: (module, name)."""
    return {
        (place, name)
        for place, source in files.items()
        for name, allowed in GUARDED.items()
        if name in names_in(source) and not any(place.startswith(one) for one in (DOOR, *allowed))
    }


def test_case_data_leaves_by_the_disclosure_door_alone() -> None:
    files = {str(path.relative_to(NETWORK)): path.read_text("utf-8") for path in NETWORK.rglob("*.py")}
    assert trespassers(files) == set()
    assert any("freeze" in names_in(source) for place, source in files.items() if place.startswith(DOOR))


def test_nothing_of_the_product_uses_what_invents_disclosures() -> None:
    users = {
        str(path.relative_to(NETWORK))
        for path in NETWORK.rglob("*.py")
        if "network.bench" in path.read_text("utf-8")
    }
    assert {place for place in users if not place.startswith("bench/")} == {"cli/__init__.py"}


def test_the_guard_itself_sees_a_second_door() -> None:
    second = "from network.consent import packets\npackets.freeze(1)\n"
    assert trespassers({"referrals/operations/send.py": second}) == {
        ("referrals/operations/send.py", "freeze")
    }
    reading = "from network.cases.queries import data_by_category\n"
    assert trespassers({"referrals/pages.py": reading}) == {("referrals/pages.py", "data_by_category")}
