"""The scan: millions of rows become cells of sums, and everything after is small linear algebra.

`engine` opens the one connection, `responses` sums citizens' answers, `observations` sums mystery contacts.
"""
