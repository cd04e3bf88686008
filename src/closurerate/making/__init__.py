"""What is built of what: one list of recipes, for make and for `closurerate build`.

`edition` says where the files of a year and a KPI are, `recipes` is the list, `for_make` gives it
to the Makefile, `stale` says what is to be made again and why, `running` makes it. What make runs
before there is an environment imports only the standard library, and what does so too.
"""
