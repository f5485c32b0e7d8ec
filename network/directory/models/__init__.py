"""The directory's tables: HSDS's entities, our profile, trust, sources, the search table, a centre's own records."""

from network.directory.models.details import (
    Accessibility,
    Address,
    Contact,
    Funding,
    Language,
    OrganizationIdentifier,
    Phone,
    Url,
)
from network.directory.models.hours import (
    Schedule,
    ScheduleException,
)
from network.directory.models.listings import (
    Location,
    Organization,
    OrganizationRole,
    Program,
    Service,
    ServiceAtLocation,
)
from network.directory.models.offer import (
    CostOption,
    RequiredDocument,
    ServiceArea,
    ServiceCapacity,
    Unit,
)
from network.directory.models.own import (
    DirectorySearch,
    LocationPrivate,
    SavedFilter,
    ServiceGap,
    ServiceHold,
)
from network.directory.models.places import PlaceAlias
from network.directory.models.profile import (
    ServiceEligibility,
    ServicePractice,
)
from network.directory.models.response import ServiceGapFigure, ServiceResponse
from network.directory.models.search import (
    CapacitySearch,
    PublicSearch,
    SearchWord,
    ServiceNeedSearch,
    ServiceSearch,
)
from network.directory.models.sources import (
    ListingImport,
    ListingImportPart,
    ListingImportRow,
    ListingQuarantine,
    ListingSource,
)
from network.directory.models.terms import (
    Attribute,
    Metadata,
    MetaTableDescription,
    Taxonomy,
    TaxonomyTerm,
)
from network.directory.models.trust import (
    ListingChange,
    ListingClaim,
    ListingMerge,
    ListingReport,
    ListingSuggestion,
    ListingTwin,
    ListingWithdrawal,
    NotDuplicate,
)

__all__ = [
    "Accessibility",
    "Address",
    "Attribute",
    "CapacitySearch",
    "Contact",
    "CostOption",
    "DirectorySearch",
    "Funding",
    "Language",
    "ListingChange",
    "ListingClaim",
    "ListingImport",
    "ListingImportPart",
    "ListingImportRow",
    "ListingMerge",
    "ListingQuarantine",
    "ListingReport",
    "ListingSource",
    "ListingSuggestion",
    "ListingTwin",
    "ListingWithdrawal",
    "Location",
    "LocationPrivate",
    "MetaTableDescription",
    "Metadata",
    "NotDuplicate",
    "Organization",
    "OrganizationIdentifier",
    "OrganizationRole",
    "Phone",
    "PlaceAlias",
    "Program",
    "PublicSearch",
    "RequiredDocument",
    "SavedFilter",
    "Schedule",
    "ScheduleException",
    "SearchWord",
    "Service",
    "ServiceArea",
    "ServiceAtLocation",
    "ServiceCapacity",
    "ServiceEligibility",
    "ServiceGap",
    "ServiceGapFigure",
    "ServiceHold",
    "ServiceNeedSearch",
    "ServicePractice",
    "ServiceResponse",
    "ServiceSearch",
    "Taxonomy",
    "TaxonomyTerm",
    "Unit",
    "Url",
]
