"""The commands; `docs/reference/commands.md` describes each."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from kedja import __version__
from kedja.config import CannotRun, load
from kedja.outcome import OutcomeError

Handler = Callable[[Namespace], int]


def _up(given: Namespace) -> int:
    from dataclasses import replace

    from kedja.serve import up

    config = load()
    up(replace(config, demo=config.demo or given.demo))
    return 0


def _command(name: str, module: str = "commands") -> Handler:
    """A handler of `kedja.commands`, imported when it is asked for: `kedja --help` need not load the whole program."""

    def run(given: Namespace) -> int:
        return getattr(import_module(f"kedja.{module}"), name)(load(), given)

    return run


Argument = tuple[str, dict[str, Any]]
_BASIS: Argument = ("--basis", {"required": True, "metavar": "TEXT", "help": "who or what confirmed it"})

# Command (and subcommand), what it does, its arguments, its handler.
COMMANDS: tuple[tuple[str, str, tuple[Argument, ...], Handler], ...] = (
    (
        "up",
        "start everything and serve until Ctrl-C or SIGTERM",
        (("--demo", {"action": "store_true", "help": "with the demo region and its logins"}),),
        _up,
    ),
    (
        "import",
        "take in a delivery of a registered source: a file, a folder or a zip",
        (
            ("path", {"type": Path, "metavar": "PATH", "help": "what to take in"}),
            ("--source", {"required": True, "metavar": "NAME", "help": "the source that delivered it"}),
            ("--rejects", {"type": Path, "metavar": "FILE", "help": "where refused records go (default: KEDJA_HOME/rejects)"}),
        ),
        _command("import_path"),
    ),
    (
        "source add",
        "register a source, or replace its registration",
        (("file", {"type": Path, "metavar": "FILE.toml", "help": "the registration"}),),
        _command("source_add"),
    ),
    (
        "profile add",
        "add the profiles, value sets and other definitions of a package, offline, or replace them",
        (
            (
                "path",
                {"type": Path, "metavar": "PATH", "help": "a FHIR npm package (folder or .tgz), a folder of JSON, or one file"},
            ),
        ),
        _command("profile_add", "profiles"),
    ),
    ("profile list", "show the packages that were added", (), _command("profile_list", "profiles")),
    (
        "profile remove",
        "remove a package; what it defined holds no longer",
        (
            ("name", {"metavar": "NAME", "help": "the package, as `kedja profile list` shows it"}),
            ("--version", {"metavar": "VERSION", "help": "only this version (default: each)"}),
        ),
        _command("profile_remove", "profiles"),
    ),
    ("source list", "show the registered sources", (), _command("source_list")),
    (
        "population",
        "write a synthetic region as files for `kedja import`",
        (
            ("--persons", {"type": int, "default": 500, "metavar": "N", "help": "inhabitants (default: 500)"}),
            ("--seed", {"type": int, "default": 1, "metavar": "S", "help": "the same seed gives the same bytes (default: 1)"}),
            ("--out", {"type": Path, "required": True, "metavar": "DIR", "help": "the folder to write to"}),
        ),
        _command("population"),
    ),
    (
        "token",
        "print a bearer token of a demo login, while `kedja up --demo` runs",
        (
            ("name", {"metavar": "NAME", "help": "the login's id or name"}),
            ("--hours", {"type": int, "default": 8, "metavar": "H", "help": "how long it is good for (default: 8)"}),
        ),
        _command("token"),
    ),
    (
        "assignment import",
        "let the assignments of staff be exactly those of a file; sessions by one that is withdrawn end",
        (("file", {"type": Path, "metavar": "FILE.csv", "help": "the assignments, as docs/how-to/sign-in.md describes them"}),),
        _command("assignment_import", "administration"),
    ),
    ("assignment list", "show the assignments of staff", (), _command("assignment_list", "administration")),
    (
        "person link",
        "say that a reserve number is of the person with this number",
        (
            ("other", {"metavar": "RESERVE-NUMBER", "help": "the number to link"}),
            ("number", {"metavar": "NUMBER", "help": "the personnummer or samordningsnummer of the person"}),
            _BASIS,
        ),
        _command("person_link"),
    ),
    (
        "person change",
        "say that a person's number changed",
        (
            ("old", {"metavar": "OLD", "help": "the number until now"}),
            ("new", {"metavar": "NEW", "help": "the number from now on"}),
            _BASIS,
        ),
        _command("person_change"),
    ),
    (
        "law decide",
        "decide one case by the rules: who asks, about whom, for what",
        (("case", {"type": Path, "metavar": "CASE.json", "help": "the case, as docs/reference/law.md describes it"}),),
        _command("law_decide"),
    ),
    ("law test", "decide every golden case by the rules, and say whether each is as expected", (), _command("law_test")),
    (
        "audit verify",
        "check that the access log is whole: every row as it was sealed, every checkpoint as it was signed",
        (
            ("--archive", {"type": Path, "metavar": "DIR", "help": "check these files instead of the store; needs no server"}),
            ("--key", {"type": Path, "metavar": "FILE", "help": "the public key to trust (default: the archive's own)"}),
        ),
        _command("audit_verify"),
    ),
    (
        "audit archive",
        "write the whole access log to files that anyone can check",
        (("--out", {"type": Path, "required": True, "metavar": "DIR", "help": "the folder to write to"}),),
        _command("audit_archive"),
    ),
    (
        "audit reconcile",
        "compare store, access log and tree, and say what does not agree",
        (("--new", {"action": "store_true", "help": "only what came since the last time (default: all)"}),),
        _command("reconcile", "log_keeping"),
    ),
    (
        "audit review",
        "draw what is unusual in the access log, and a random sample, for those who review it",
        (("--days", {"type": int, "default": 1, "metavar": "N", "help": "of so many days back (default: 1)"}),),
        _command("review", "log_keeping"),
    ),
    (
        "audit prune",
        "take out of the access log what is older than it must be kept and stands in an archive",
        (
            ("--archive", {"type": Path, "required": True, "metavar": "DIR", "help": "an archive with all of it"}),
            ("--before", {"metavar": "DATE", "help": "only what is older than this day (default: all that may go)"}),
        ),
        _command("prune", "log_keeping"),
    ),
    (
        "check",
        "check that store, index, log and history agree, and say what does not",
        (
            ("--sample", {"type": int, "metavar": "N", "help": "look at about N resources drawn at random (default: at all)"}),
            ("--json", {"action": "store_true", "help": "say it as JSON"}),
        ),
        _command("check", "administration"),
    ),
    (
        "export",
        "write resources as NDJSON, a file for each type; whoever they are about finds it in their log",
        (
            ("--out", {"type": Path, "required": True, "metavar": "DIR", "help": "the folder to write to"}),
            ("--type", {"action": "append", "metavar": "TYPE", "help": "only this type; may stand several times"}),
            ("--since", {"metavar": "INSTANT", "help": "only what was written since then"}),
            (
                "--person",
                {
                    "action": "append",
                    "metavar": "NUMBER",
                    "help": "only this person (a number or Patient/ID); may stand several times",
                },
            ),
            ("--gz", {"action": "store_true", "help": "packed with gzip"}),
        ),
        _command("export", "administration"),
    ),
    (
        "reindex",
        "index all resources anew, while everything else goes on; without arguments only what is unfinished",
        (
            ("--type", {"action": "append", "metavar": "TYPE", "help": "all resources of this type; may stand several times"}),
            ("--param", {"metavar": "CODE", "help": "all resources of the types that have this search parameter"}),
        ),
        _command("reindex", "administration"),
    ),
    (
        "erase",
        "erase now what persons have a right to have erased; a server that runs does the same some seconds later",
        (),
        _command("erase", "administration"),
    ),
    (
        "inform",
        "list who is to be informed of what a registry or a biobank keeps of them; each finds it in their log",
        (),
        _command("inform", "administration"),
    ),
    (
        "remind",
        "remind persons of what is booked for the coming two days; a server that runs does the same every night",
        (),
        _command("remind", "administration"),
    ),
    (
        "library add",
        "add entries to the catalogues of the innovation portal, or what has changed of them",
        (
            (
                "path",
                {"type": Path, "nargs": "*", "metavar": "FILE.toml", "help": "the entries, as docs/innovation.md describes them"},
            ),
            ("--shipped", {"action": "store_true", "help": "the framework of standards and the goals of Vision e-hälsa 2025"}),
        ),
        _command("library_add", "innovating"),
    ),
    (
        "signals read",
        "read signals of horizon scanning from feeds: RSS, Atom and JSON Feed, as files",
        (
            ("path", {"type": Path, "nargs": "+", "metavar": "FILE", "help": "the feeds"}),
            ("--source", {"default": "", "metavar": "NAME", "help": "who has sent them (default: what each calls itself)"}),
            ("--area", {"action": "append", "metavar": "AREA", "help": "an area of need for each; may stand several times"}),
        ),
        _command("signals_read", "innovating"),
    ),
    (
        "innovation import",
        "file the needs and ideas of a file (JSON or CSV, as the portal exports them) in the queue of an organisation",
        (
            ("path", {"type": Path, "metavar": "FILE", "help": "the file"}),
            ("--org", {"required": True, "metavar": "ORG", "help": "the organisation that owns them: its HSA-id"}),
        ),
        _command("innovation_import", "administration"),
    ),
    ("health", "say whether the server that runs is ready, and what is not", (), _command("health")),
)


GROUPS = {
    "audit": "the access log and its proof",
    "innovation": "needs and ideas",
    "law": "the rules",
    "library": "the catalogues of the innovation portal",
    "signals": "horizon scanning",
    "profile": "the packages of profiles that are gone by",
    "source": "the sources that deliver",
    "person": "the numbers that persons have",
    "assignment": "what staff may act as",
}


def parser() -> ArgumentParser:
    """The command line: one subparser for each row of COMMANDS."""
    top = ArgumentParser(prog="kedja", description="One information system for health and social care, on open standards.")
    top.add_argument("--version", action="version", version=f"kedja {__version__}")
    levels = {"": top.add_subparsers(metavar="COMMAND", required=True)}
    for name, does, arguments, handler in COMMANDS:
        group, _, last = name.rpartition(" ")
        if group not in levels:
            about = levels[""].add_parser(group, help=GROUPS[group])
            levels[group] = about.add_subparsers(metavar="COMMAND", required=True)
        one = levels[group].add_parser(last, help=does, description=does[0].upper() + does[1:] + ".")
        for flag, options in arguments:
            one.add_argument(flag, **options)
        one.set_defaults(handler=handler)
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0 done, 1 with a sentence why not, 2 for a command line that is not one."""
    given = parser().parse_args(arguments)
    os.umask(0o077)  # what is kept about people is for this user alone
    try:
        return given.handler(given)
    except CannotRun as error:
        print(f"kedja: {error}", file=sys.stderr)
    except OutcomeError as error:
        for issue in error.issues:
            print(f"kedja: {issue.diagnostics}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1
