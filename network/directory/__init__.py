"""The directory that all centres share: who offers what, where, when, and for whom.

Organizations, services, locations and schedules have the names and the meaning of HSDS 3.x (Open Referral Human
Services Data Specification). What HSDS lacks and casework needs is our profile: whom a service takes
(``service_eligibility``), what it does that may endanger a client and how its residents live
(``service_practice``), who runs an organization and who sits on its board (``organization_role``), and how it
takes referrals. The needs are the vocabulary's; the taxonomy mirrors them.

Every listing has a *steward*: the tenant that writes it. A confidential location stands in the directory by its
town only; where it really is stays with its steward (``location_private``). Searching reads ``service_search``,
which the database fills by itself with what the whole network may see.

A *hold* keeps a service from being offered by one centre until a person has looked; a *report* tells the steward
that a listing is wrong; a *service gap* records that nobody offers what was needed.
"""
