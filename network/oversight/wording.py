"""The trail in plain words: what was done, to what kind of record, and why it was refused.

A code that nobody named is shown as it is: an entry is never hidden for want of a word. Tests hold the names
against the codes that the features write.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from network.accounts.permissions import ROLES, Permission
from network.core import vocabulary
from network.web.i18n import comma

ACTIONS: Final[dict[str, LazyString]] = {
    "viewed": _l("Looked at"),
    "exported": _l("Took along as a file"),
    "searched": _l("Searched by name or number"),
    "directory.searched": _l("Searched the directory"),
    "response.published": _l("Published how a service answers"),
    "response.withdrawn": _l("Withdrew how a service answers"),
    "gaps.published": _l("Published where help is missing"),
    "filter.saved": _l("Kept a filter of the directory"),
    "filter.deleted": _l("Deleted a filter of the directory"),
    "opened": _l("Opened it"),
    "registered": _l("Registered somebody"),
    "recorded": _l("Recorded it"),
    "changed": _l("Changed it"),
    "assigned": _l("Gave to a colleague"),
    "joined-team": _l("Put somebody on the team"),
    "left-team": _l("Took somebody off the team"),
    "restricted": _l("Restricted it to the team"),
    "unrestricted": _l("Opened to the whole centre again"),
    "related": _l("Linked to a person"),
    "contact-stopped": _l("Stopped all contact"),
    "contact-resumed": _l("Allowed contact again"),
    "recovered": _l("Recovered a document"),
    "authorized": _l("Recorded an authorization"),
    "revoked": _l("Took an authorization back"),
    "pause": _l("Paused the case"),
    "let-rest": _l("Paused the case that was handed over"),
    "resume": _l("Went on"),
    "reopen": _l("Reopened it"),
    "closed": _l("Closed the case"),
    "close": _l("Closed it"),
    "handed-over": _l("Handed the case over"),
    "given": _l("Recorded a consent"),
    "refused": _l("Recorded a refusal"),
    "asked-refusals": _l("Asked who must not be told"),
    "confirmed": _l("Confirmed a consent"),
    "extended": _l("Extended a permission"),
    "withdrawn": _l("Withdrew a consent"),
    "lifted": _l("Lifted a refusal once"),
    "expired": _l("Ended by its date"),
    "disclosed": _l("Data left the centre"),
    "sealed": _l("Sealed a packet"),
    "printed": _l("Printed a letter"),
    "told-ended": _l("Told a service that sharing has ended"),
    "kept": _l("Kept on a legal basis"),
    "ended": _l("Ended it"),
    "named": _l("Named a focal point"),
    "send": _l("Sent it"),
    "acknowledge": _l("Acknowledged it"),
    "ask": _l("Asked a question"),
    "answer": _l("Answered a question"),
    "accept": _l("Accepted it"),
    "decline": _l("Declined it"),
    "schedule": _l("Gave an appointment"),
    "change_appointment": _l("Changed an appointment"),
    "start": _l("Began the service"),
    "complete": _l("Completed it"),
    "not_served": _l("Recorded that it was not served"),
    "withdraw": _l("Withdrew it"),
    "recall": _l("Recalled it"),
    "expire": _l("Ran out of time"),
    "discard": _l("Discarded the draft"),
    "seen": _l("Saw the news"),
    "reminded": _l("Reminded"),
    "overdue": _l("Told that the answer is late"),
    "service_gone": _l("Told that the service was closed, or is not listed any more"),
    "reported": _l("Reported as the law or the house asks"),
    "alarm": _l("Raised an alarm"),
    "alarm-settled": _l("Settled an alarm"),
    "prepared": _l("Prepared it"),
    "offer": _l("Offered it"),
    "review": _l("Began to review"),
    "take_over": _l("Took the case over"),
    "plan": _l("Planned the journey"),
    "depart": _l("Recorded the departure"),
    "not_depart": _l("Recorded that nobody departed"),
    "arrive": _l("Recorded the arrival"),
    "take_back_arrival": _l("Took an arrival back"),
    "redate_arrival": _l("Corrected the day of an arrival"),
    "not_arrive": _l("Recorded that nobody arrived"),
    "never_boarded": _l("Recorded that nobody boarded"),
    "count_as_arrived": _l("Counted as arrived"),
    "contact_changed": _l("Told until when contact is allowed"),
    "permission_ended": _l("Told that a permission ended"),
    "screened": _l("Screened a return"),
    "stopped": _l("Stopped a return"),
    "reviewed-go-on": _l("Let a return go on"),
    "reviewed-stop": _l("Stopped a return after review"),
    "planned": _l("Planned it"),
    "do": _l("Recorded a follow-up"),
    "fall-due": _l("Follow-up fell due"),
    "miss": _l("Follow-up was missed"),
    "lose": _l("Lost sight of somebody"),
    "reschedule": _l("Moved a follow-up"),
    "stop": _l("Stopped follow-ups"),
    "signed-in": _l("Signed in"),
    "signed-out": _l("Signed out"),
    "locked": _l("Locked the screen"),
    "unlocked": _l("Unlocked the screen"),
    "invited": _l("Invited somebody"),
    "joined": _l("Joined here"),
    "changed-roles": _l("Changed somebody's roles"),
    "named-successor": _l("Named who takes over"),
    "deactivated": _l("Shut somebody out"),
    "reactivated": _l("Let somebody in again"),
    "changed-own-account": _l("Changed the own account"),
    "changed-password": _l("Changed the own password"),
    "offered-new-password": _l("Made a link for a new password"),
    "chose-new-password": _l("Chose a new password"),
    "organization.created": _l("Listed an organization"),
    "organization.linked": _l("Linked an organization to its member"),
    "organization.role_added": _l("Recorded who runs an organization"),
    "location.created": _l("Listed a place"),
    "service.created": _l("Listed a service"),
    "service.changed": _l("Changed a listed service"),
    "service.placed": _l("Gave a service a place"),
    "service.held": _l("Held a listing back"),
    "service.hold_released": _l("Showed a listing again"),
    "schedule.set": _l("Set opening hours"),
    "place_alias.added": _l("Added a name to a place"),
    "place_alias.removed": _l("Took a name from a place"),
    "service_gap.recorded": _l("Recorded that help is missing"),
    "listing.reported": _l("Reported a listing as wrong"),
    "listing.report_resolved": _l("Settled a report on a listing"),
    "listing.changed": _l("Changed a listing"),
    "listing.part_added": _l("Added to a listing"),
    "listing.removed": _l("Removed from the directory"),
    "listing.still_there": _l("Kept in the directory, though its source no longer holds it"),
    "listing.restored": _l("Put back into the directory"),
    "listing.verified": _l("Verified a listing"),
    "listing.withheld": _l("Took a listing out of the directory"),
    "listing.relisted": _l("Listed it again"),
    "listing.merged": _l("Merged two listings"),
    "listing.merge_undone": _l("Parted two listings again"),
    "listing.not_duplicate": _l("Found that two listings are not the same"),
    "listing.invited": _l("Invited an organization to keep its own listing"),
    "listing.claimed": _l("Took over its own listing"),
    "listing.claim_declined": _l("Left its listing with its steward"),
    "listing.claim_withdrawn": _l("Took back the invitation to keep a listing"),
    "import.started": _l("Read a file of listings"),
    "import.begun": _l("Began to bring in a file of listings"),
    "import.done": _l("Brought in a file of listings"),
    "import.given_up": _l("Gave up a file of listings"),
    "import.stopped": _l("Could not bring in a file of listings"),
    "capacity.said": _l("Said what a service has free"),
    "location.hidden": _l("Made a place confidential"),
    "location.private_changed": _l("Changed what is kept of a confidential place"),
    "holiday.added": _l("Added days on which a country is closed"),
    "holiday.changed": _l("Changed days on which a country is closed"),
    "holiday.removed": _l("Removed days on which a country is closed"),
    "milestone.arrived_safely": _l("Told: arrived safely"),
    "milestone.arrived_not_in_contact": _l("Told: arrived, not in contact"),
    "milestone.registered": _l("Told: registered"),
    "milestone.first_service": _l("Told: first service"),
    "milestone.first_follow_up": _l("Told: first follow-up"),
    "milestone.claim_paid": _l("Told: claim paid"),
    "milestone.closed": _l("Told: closed"),
}

# What was refused did not happen: these are said as tries.
TRIED: Final[dict[str, LazyString]] = {
    "disclosed": _l("Tried to send data out"),
    "opened": _l("Tried to open it"),
    "signed-in": _l("Tried to sign in"),
    "unlocked": _l("Tried to unlock the screen"),
}

OBJECTS: Final[dict[str, LazyString]] = {
    "account": _l("Account"),
    "audit_trail": _l("Audit trail"),
    "case": _l("Case"),
    "claim": _l("Claim"),
    "client": _l("Client"),
    "consent": _l("Consent"),
    "contact": _l("Way to reach a client"),
    "deletion_request": _l("Request to delete"),
    "directory_search": _l("Search of the directory"),
    "saved_filter": _l("Filter of the directory"),
    "disclosure": _l("Disclosure"),
    "document": _l("Document"),
    "exchange": _l("Referral or handoff"),
    "focal_point": _l("Focal point"),
    "follow_up": _l("Follow-up"),
    "grant": _l("Permission to share"),
    "handoff": _l("Handoff"),
    "handoffs": _l("Handoffs"),
    "arrivals": _l("Arrivals"),
    "follow_ups": _l("Follow-ups"),
    "inbox": _l("Inbox"),
    "incident": _l("Data incident"),
    "location": _l("Location"),
    "membership": _l("Member of staff"),
    "need": _l("Need"),
    "note": _l("Note"),
    "organization": _l("Organization"),
    "packet": _l("Packet"),
    "place_alias": _l("Name of a place"),
    "proposal": _l("What would leave"),
    "referral": _l("Referral"),
    "refusal": _l("Refusal"),
    "return": _l("Return"),
    "route": _l("Page"),
    "service": _l("Service"),
    "service_at_location": _l("Service at a location"),
    "service_gap": _l("Missing help"),
    "directory": _l("Directory"),
    "listing_import": _l("File of listings"),
    "listing_report": _l("Report on a listing"),
    "schedule_exception": _l("Closures and days with other hours"),
    "session": _l("Session"),
    "tenant": _l("Member organization"),
    "corridor": _l("Corridor"),
    "agreement": _l("Agreement between two centres"),
}

REASONS: Final[dict[str, LazyString]] = {
    "succession": _l("A colleague left"),
    "wrong-password": _l("Wrong password"),
    "refused": _l("The client has refused it"),
    "no_grant": _l("No consent for it"),
    "not_covered": _l("No consent for it"),
    "expired": _l("The consent had ended"),
    "provisional_over": _l("The consent was not confirmed in time"),
    "own_grant_needed": _l("No consent for a part of it"),
    "never_leaves": _l("A part of it never leaves the centre"),
    "not_allowed_for_purpose": _l("A part of it is not needed for the purpose"),
    "read_only_case": _l("The case is read-only"),
    "recipient_suspended": _l("The recipient receives nothing at present"),
    "fear_of_return_blocks_authority": _l("A fear of return is recorded"),
}


def action_label(code: str, outcome: str = "ok") -> str:
    """What was done, or was tried where it was refused."""
    if outcome == "refused" and code in TRIED:
        return str(TRIED[code])
    return str(ACTIONS.get(code, code))


def object_label(kind: str) -> str:
    """The kind of record it was done to."""
    return str(OBJECTS.get(kind, kind))


def action_choices() -> list[tuple[str, str]]:
    """Every act that can be searched for, by its name."""
    return sorted(((code, str(label)) for code, label in ACTIONS.items()), key=lambda one: one[1].casefold())


def role_labels(roles: Iterable[str]) -> str:
    """The roles in which somebody acted."""
    return comma().join(str(ROLES[role].label) if role in ROLES else role for role in roles)


def reason_label(code: str | None) -> str:
    """Why: a code of the vocabulary's reasons, a permission that was missing, or a code of ours."""
    if code is None:
        return ""
    if code in set(Permission):
        return _("Not allowed for these roles")
    if code in REASONS:
        return str(REASONS[code])
    for name in vocabulary.list_names():
        if name.startswith("reasons.") and code in vocabulary.codes(name):
            return vocabulary.label(name, code, get_locale())
    return code
