"""What each key of the search language asks of the cache, one module per kind of thing."""
