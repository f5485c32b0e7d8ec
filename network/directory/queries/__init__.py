"""Reading listings: what a page, a referral and a disclosure ask of them."""

from network.directory.queries.asked import listing_asked
from network.directory.queries.booklet import LARGEST_BOOKLET, Area, booklet_listings
from network.directory.queries.claims import (
    claims_of_ours,
    get_claim,
    list_claims,
    members_to_invite,
    standing_claim,
    time_zone_of,
)
from network.directory.queries.filters import SavedFilter, get_filter, list_filters
from network.directory.queries.gaps import Missing, countries_with_gaps, network_gaps, own_gaps
from network.directory.queries.listing import (
    Listing,
    PhoneNumber,
    listing,
    listings_of_organization,
    listings_of_service,
)
from network.directory.queries.places import Alias, find_places, list_place_aliases
from network.directory.queries.records import (
    check_listed,
    get_organization,
    get_service,
    get_service_at_location,
    held_services,
    is_held,
    open_reports,
    private_address,
    services_offering,
    taxonomy_terms,
)
from network.directory.queries.reports import (
    Told,
    count_open_reports,
    get_report,
    list_reports,
    suggestions_of,
)
from network.directory.queries.searches import SavedSearch, get_search
from network.directory.queries.standing import (
    Body,
    OrganizationPage,
    behind,
    bodies_behind,
    organization_of_tenant,
    organization_page,
    recipient_classes_of,
    recipient_classes_of_all,
    tenant_of_organization,
)
from network.directory.queries.terms import Terms, practices_of, terms_of

__all__ = [
    "LARGEST_BOOKLET",
    "Alias",
    "Area",
    "Body",
    "Listing",
    "Missing",
    "OrganizationPage",
    "PhoneNumber",
    "SavedFilter",
    "SavedSearch",
    "Terms",
    "Told",
    "behind",
    "bodies_behind",
    "booklet_listings",
    "check_listed",
    "claims_of_ours",
    "count_open_reports",
    "countries_with_gaps",
    "find_places",
    "get_claim",
    "get_filter",
    "get_organization",
    "get_report",
    "get_search",
    "get_service",
    "get_service_at_location",
    "held_services",
    "is_held",
    "list_claims",
    "list_filters",
    "list_place_aliases",
    "list_reports",
    "listing",
    "listing_asked",
    "listings_of_organization",
    "listings_of_service",
    "members_to_invite",
    "network_gaps",
    "open_reports",
    "organization_of_tenant",
    "organization_page",
    "own_gaps",
    "practices_of",
    "private_address",
    "recipient_classes_of",
    "recipient_classes_of_all",
    "services_offering",
    "standing_claim",
    "suggestions_of",
    "taxonomy_terms",
    "tenant_of_organization",
    "terms_of",
    "time_zone_of",
]
