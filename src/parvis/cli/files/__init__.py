"""Commands on files: they read files, call `core` or `rendering`, write files, and know nothing of the web."""
