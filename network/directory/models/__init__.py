"""The directory's tables: HSDS listings, our profile, the taxonomy, the search table, a centre's own records."""

from network.directory.models.listings import (
    Address,
    Language,
    Location,
    Organization,
    OrganizationRole,
    Phone,
    Schedule,
    Service,
    ServiceAtLocation,
)
from network.directory.models.own import (
    DirectorySearch,
    ListingReport,
    LocationPrivate,
    ServiceGap,
    ServiceHold,
)
from network.directory.models.profile import (
    Attribute,
    ServiceEligibility,
    ServicePractice,
    Taxonomy,
    TaxonomyTerm,
)
from network.directory.models.search import ServiceNeedSearch, ServiceSearch

__all__ = [
    "Address",
    "Attribute",
    "DirectorySearch",
    "Language",
    "ListingReport",
    "Location",
    "LocationPrivate",
    "Organization",
    "OrganizationRole",
    "Phone",
    "Schedule",
    "Service",
    "ServiceAtLocation",
    "ServiceEligibility",
    "ServiceGap",
    "ServiceHold",
    "ServiceNeedSearch",
    "ServicePractice",
    "ServiceSearch",
    "Taxonomy",
    "TaxonomyTerm",
]
