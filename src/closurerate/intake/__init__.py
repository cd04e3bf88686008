"""From the agency's files to clean cases: every row read is accounted for.

`files` and `database` open what an extract comes as; `text`, `sheets` and `arrow_tables` read each
form into batches of text (`raw_table`). `headers` finds the contract's columns, `values` reads
what stands in them. `stage` keeps the rows as they came, `reading` types them, `corrections` are
applied, `judging` finds what is wrong with a row, `merging` what stands for a case that comes
more than once; `accounts`, `rejects` and `doubts` say so, and `take` conducts it all.
"""
