"""What every page and answer of the web shares: errors, paging, assets, components, languages, health."""
