"""The citizens' pages: no account, no session, no cookie, no script needed; every page is whole in one answer."""
