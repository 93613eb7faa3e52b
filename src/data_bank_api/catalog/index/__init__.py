"""The search index of the catalog, by tantivy: how it is made, asked, and kept up to date."""
