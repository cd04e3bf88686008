"""From the agency's files to clean cases: every row that is read is accounted for.

`plan` says what is taken in, `take` conducts it. In the order of the work:

- what came: `raw_folder` (which files are data), `files` with `forms` (`text` with `decoding`,
  `code_page_950`, `plain_text`, `careful_text`; `sheets` with `cells`, `lost_cells`, `serials`;
  `arrow_tables`) and `database` (`database_rows`) give tables as they came (`raw_table`);
  `headers` finds the contract's columns, `choosing` the tables that hold cases; `opening` does it
  for all that the plan names.
- what it says: `values` reads one text, `words` knows the vocabularies, `column_reader` reads a
  batch's column, `stage` keeps a table's rows, `reading` gives those of all tables.
- what becomes of it: `corrections` and `correcting`, `merging` (cases that come more than once),
  `judging` and `oddities` (reasons and warnings), `placing` (one place for each row),
  `counting`, `threshold` (too many rejects).
- what is left behind: `results`, `record`, `accounts`, `previous` with `redelivery`, and
  `delivery`, which moves all of it into place at once.
"""
