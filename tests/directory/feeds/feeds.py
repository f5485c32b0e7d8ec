"""Feeds as they come: of old versions, without UUIDs, with clock times of 12 hours, twice the same, and worse."""

from __future__ import annotations

import io
import zipfile
from typing import Any

# HSDS 2.0, nested, written by hand over years.
OLD: dict[str, Any] = {
    "organizations": [
        {
            "id": "org-1",
            "name": "  Legal   Aid of the North ",
            "description": "Free advice",
            "url": "www.legal-north.example",
            "email": "mailto:desk@legal-north.example",
            "phones": [{"id": "p1", "number": "٠٦ ٥٥٥ ١٢٣٤", "language": "Arabic", "department": "Front desk"}],
            "services": [
                {
                    "id": 17,
                    "name": "Advice",
                    "status": "Active",
                    "eligibility": "Everybody",
                    "regular_schedules": [
                        {"weekday": "Sunday", "opens_at": "8:30 AM", "closes_at": "4:30 PM"},
                        {"weekday": "1", "opens_at": "08:30:00", "closes_at": "25:00"},
                    ],
                    "holiday_schedules": [
                        {"id": "h1", "closed": "true", "start_date": "2026-05-25", "end_date": "2026-05-25"}
                    ],
                    "languages": ["English", "Klingonese"],
                    "services_at_location": [
                        {
                            "id": "sal-1",
                            "location": {
                                "id": "loc-1",
                                "name": "Office",
                                "latitude": "32,5556",
                                "longitude": "35.85",
                                "physical_addresses": [
                                    {"id": "a1", "address_1": "Main Street 1", "city": "Irbid", "country": "Jordan"}
                                ],
                            },
                        }
                    ],
                },
                {"id": 17, "name": "Advice", "status": "Active", "wait_time": "2 days"},
            ],
        },
        {"id": "org-1", "name": "Legal Aid of the North", "description": "Something else", "colour": "blue"},
    ]
}  # fmt: skip


def zipped(tables: dict[str, bytes | str]) -> bytes:
    """A zip of CSV files."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    return made.getvalue()


# Tables of HSDS 1.1, each in an encoding of its own, out of a spreadsheet.
TABLES = zipped(
    {
        "feed/organizations.csv": "\ufeffid,name,description,url,parent_organization_id\r\n"
        "A,جمعية العون,مساعدة,not a url,Z\r\nA,جمعية العون,مساعدة,not a url,Z\r\nB,,nameless,,\r\n",
        "feed/locations.csv": "id;organization_id;name;latitude;longitude\n"
        "L1;A;Centre;100;35.8\nL2;A;Nowhere;;\nL3;missing;Elsewhere;32.1;36.1;too;many\n".encode("cp1256"),
        "feed/physical_addresses.csv": "id,location_id,address_1,city,country\nPA,L1,x,مادبا,JO\n".encode(
            "cp1256"
        ),
        "feed/services.csv": "id,organization_id,name,description,email,status,url\n"
        f'S1,A,Help,"{"x" * 9000}",not-mail,on its way,"=HYPERLINK(""http://x"")"\nS2,missing,Lost,,,active,\n',
        "feed/services_at_location.csv": "id,service_id,location_id\n1,S1,L1\n2,S1,L1\n3,S1,gone\n4,S2,L3\n",
        "feed/phones.csv": "id,service_id,location_id,number\n"
        "P1,S1,L1,+962 6 555 1234\nP2,S1,,call us\nP3,gone,,065551234\n",
        "feed/regular_schedules.csv": "id,service_id,weekday,opens_at,closes_at\n"
        "R1,S1,Monday,9am,13:00pm\nR2,S1,Someday,9,5\n",
        "feed/service_taxonomy.csv": "id,service_id,taxonomy_id\nT1,S1,X-9\nT2,S1,gone\n",
        "feed/taxonomy.csv": "id,name,parent_id,vocabulary\nX-9,Food,,AIRS\n",
        "feed/unheard_of.csv": "id,what\n1,that\n",
        "__MACOSX/feed/._organizations.csv": "junk",
        "../../evil.csv": "id,name\n1,evil\n",
    }
)

# What a program says a line at a time: flat arrays of 3.x.
SERVICE = {
    "id": "b7f0a2de-3c4b-4a0e-9b57-3f1f5c3c1d01",
    "organization_id": "o",
    "name": "Clinic",
    "status": "active",
}
LINES = b"\n".join(
    [
        b'{"id": "o", "name": "Clinic of the City", "description": "", "website": "https://clinic.example"}',
        b'{"id": "b7f0a2de-3c4b-4a0e-9b57-3f1f5c3c1d01", "organization_id": "o", "name": "Clinic", "status": "closed",'
        b' "minimum_age": -3, "schedules": [{"id": "s", "byday": "TH,FR", "freq": "WEEKLY", "timezone": 3,'
        b' "opens_at": "20:00Z", "closes_at": "02:00Z", "count": 0, "valid_to": "2026-13-45"}],'
        b' "cost_options": [{"id": "c", "currency": "gbp", "amount": "35"},'
        b' {"id": "d", "currency": "XXQ", "amount": -1}]}',
    ]
)


# As programs that know no better write it: half letters, NUL in an id, ids without end, NaN, a year that ends before
# it begins, a text without end where a mail address belongs.
WILD = (
    b'[{"id": "o\\u0000", "name": "One", "email": "' + b"x" * 9000 + b'", "services": [{"id": "s\\u0000", '
    b'"name": "\\ud800 advice", "status": "active", "schedules": [{"id": "\\udfff", "byday": "SU"}], '
    b'"holiday_schedules": [{"id": "h", "start_date": "2026-12-31", "end_date": "2026-12-30"}]}], '
    b'"locations": [{"id": "l", "latitude": NaN, "longitude": Infinity}]}, '
    b'{"id": "' + b"y" * 600 + b'1", "name": "Two", "website": null}, '
    b'{"id": "' + b"y" * 600 + b'2", "name": "Three", "website": null}]'
)
BROKEN_LINES = (
    b'{"id": "1", "name": "One", "email": "a@b.example"}\n{"id": "2", "na\n'
    b'{"id": "3", "name": "Three", "email": "c@d.example"}\n'
)
TITLED = zipped({"organizations.csv": "Our members of 2026,,\n\nid,name,email\n1,One,a@b.example\n2,Two,\n"})
