"""There is one door: nobody else freezes a packet, and nobody else reads case data by category to send it."""

from __future__ import annotations

import ast
from pathlib import Path

NETWORK = Path(__file__).resolve().parents[2] / "network"
DOOR = "consent/disclosure/"
# Fills a throwaway database with invented rows, by COPY.
SEEDING = "bench/seeding/"
# Who writes what a disclosure is, and who reads what it may choose from.
GUARDED = {
    "freeze": {"consent/packets.py"},
    "data_by_category": {"cases/queries/"},
    "Disclosure": {"consent/models.py", "consent/queries/", SEEDING},
    "DisclosureGrant": {"consent/models.py", "consent/queries/", SEEDING},
    "PacketPart": {"consent/models.py", "consent/packets.py", SEEDING},
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


def test_the_guard_itself_sees_a_second_door() -> None:
    second = "from network.consent import packets\npackets.freeze(1)\n"
    assert trespassers({"referrals/operations/send.py": second}) == {
        ("referrals/operations/send.py", "freeze")
    }
    reading = "from network.cases.queries import data_by_category\n"
    assert trespassers({"referrals/pages.py": reading}) == {("referrals/pages.py", "data_by_category")}
