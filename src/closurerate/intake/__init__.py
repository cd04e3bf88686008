"""From the agency's files to clean cases: every row that is read is accounted for.

`plan` says what is taken in, `take` conducts it, `opening` opens what the plan names, `choosing`
tells which tables hold cases, `record` keeps what it came to. The rooms follow the work: what
`came`, what it `said`, the `fate` of each row, what is `left`, and the `validation` report.
"""
