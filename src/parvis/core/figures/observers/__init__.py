"""Mystery citizens compared: who is tied to whom, who marks harder, whether two marks of one contact agree.

`connection` comes first: without common organisations nothing may be compared. `severity` is the mixed model,
`agreement` the double-coded contacts, `planning` what the components say of next year's sample.
"""
