"""Innovation cases, from idea to broad use. Pure: data files and the functions over them; no database, no web framework.

A further part (a navigator, a library of tests, a question desk) is added in five steps, each beside what is there already:

1. *Data file* here (`NAME.toml`; words in both languages as `sv` and `en`, read by `words.table` and `words.words`) and *pure
   functions* over it in `NAME.py`. Nothing here imports a store; what needs the time is given it.
2. *Table*: a new file of `kedja/store/schema`, named `innovation_...`. What belongs to a case has `case_id`, and is seen with it:
   `innovation_level(case, actor, org, roles)` says how much (0 nothing, 1 what is open, 2 all), `roles.level` says the same in
   Python. Fixed SQL in `kedja/store/queries/innovation_*.sql`.
3. *Gate*: `kedja/gate/innovation_NAME.py`, whose every function opens `passing(door, actor, action, request)`: a transaction with
   the row of the access log in it. `passage.case(id)` is a case that may be seen, `passage.must(verb, case)` asks a rule of
   `acts.toml` (add one where there is none), `passage.saw(id, type="InnovationTest")` tells the log, `passage.record` adds to the
   case's history, `passage.wait` and `waited` say on whom it waits.
4. *Page*: `kedja/portals/innovation/NAME.py` and `.html` (which extends `innovation/layout.html`), its routes in
   `kedja/portals/innovation/routes.py`, its place in `innovation/nav.html`; words in English, with `python -m
   kedja.portals.messages` and the Swedish in the catalogue; its line in docs/reference/api.md and, where it cannot be guessed how
   it is asked, in tests/law/routes.toml.
5. *Its row* in docs/innovation.md, and demo material in `kedja/testbed/data/innovation/`.

Who plays which role in tests is in `tests/innovation/people.py`; the demo's logins are in `kedja/testbed/data/logins.toml`.
"""
