"""Who may do what: scopes, and the keys that carry them."""
