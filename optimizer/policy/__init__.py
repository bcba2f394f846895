"""Rules, calendar, tariffs and vehicle defaults: pure functions on values, with dated, sourced defaults.

Every figure lies in a TOML file of this package with `region`, `valid_from`, `source` and `status`:
`law` (read in the law itself), `src` (a published figure), `check` (generally known, not read in an official
copy), `assume` (an assumption to keep editable). `service` stores versions of them and passes values in.
"""
