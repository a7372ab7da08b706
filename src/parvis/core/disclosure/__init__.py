"""What must stay hidden, what else would reveal it, and the check that nothing does. The last step inside `core`.

`primary` says which figures are too close to people, `complementary` what must go with them, `recovery` what a reader
with pencil and paper could still work out, `tables` does all three on a table of counts, `publication` on a whole
publication, and `peers` keeps organisations from being read in the mean of their peers.
"""
