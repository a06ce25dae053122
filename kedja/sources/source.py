"""A registered source: whose data it delivers, under which law, in which form (docs/reference/sources.md)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kedja import spec
from kedja.access.actor import Actor, Kind
from kedja.access.asker import Context
from kedja.access.custody import Custody, Label, Regime
from kedja.access.decide import Request, decide
from kedja.access.rules import rule
from kedja.identity.custody import LABELS
from kedja.outcome import Issue, OutcomeError, refuse
from kedja.sources.template import near

Table = dict[str, Any]
KINDS: Final = ("fhir", "table", "open-mhealth", "apple-health")
SUBJECTS: Final = ("user-id", "folder", "file", "fixed")
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_HSA_ID: Final = re.compile(r"SE\d{10}-[A-Za-z0-9]{1,20}")
_BASE: Final = re.compile(r"https?://[^\s?#]+")
_SHIPPED: Final = Path(__file__).parent / "mappings"
_KEYS: Final = (
    "name", "title", "kind", "regime", "provider", "unit", "unit-from-tag", "types", "patients-of", "labels", "mapping",
    "subject", "validation", "controller", "declares", "bases", "bundles",
)  # fmt: skip
VALIDATIONS: Final = ("strict", "warn", "off")
BUNDLES: Final = ("entries", "whole")
DECLARES: Final = ("informed-afterwards", "government-exemption")  # what the law's rules look at (access.vocabulary.declared)
_AUTHORITY: Final = re.compile(r"SE2(?!5)\d{9}-")  # organisation numbers of the state, regions and municipalities


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose a wellness file is: `user-id` of the data point's header, name of its `folder` or `file`, or one `fixed` number."""

    by: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """One source. `definition` is the whole registration as plain data, with the mapping inside: what the store keeps."""

    name: str
    title: str
    kind: str
    regime: Regime
    provider: str
    unit: str = ""
    unit_from_tag: bool = False
    types: frozenset[str] | None = None  # the resource types that it may deliver; None: all
    patients_of: tuple[str, ...] = ()  # the other sources whose Patients it may refer to
    labels: Label = Label.NONE  # put on everything that it delivers
    mapping: Table | None = None
    subject: Subject | None = None
    controller: str = ""  # of a registry: who is responsible for its central processing (PDL 7:7)
    declares: frozenset[str] = frozenset()
    validation: str = "strict"  # what is not valid is refused; or stored and told; or not looked at beyond its shape
    bases: tuple[str, ...] = ()  # addresses under which it names its own resources
    bundles: str = "entries"  # a Bundle is its entries, or is kept whole
    definition: Table = field(default_factory=dict[str, Any], compare=False)


def read_source(path: Path) -> Source:
    """The source that a TOML file describes, with the mapping file that it names. Raises OutcomeError 422 with all faults."""
    definition = read_toml(path)
    mapping = definition.get("mapping")
    if isinstance(mapping, str):
        definition["mapping"] = read_toml(mapping_path(path, mapping))
    return source_of(definition)


def mapping_path(source: Path, mapping: str) -> Path:
    """The mapping file beside the source file; `shipped:NAME` is one that comes with the program."""
    if mapping.startswith("shipped:"):
        name = mapping.removeprefix("shipped:")
        shipped = sorted(file.name.removesuffix(".toml") for file in _SHIPPED.glob("*.toml"))
        if name not in shipped:
            raise refuse(
                422, "not-found", f"there is no shipped mapping `{name}`{near(name, shipped)}; there are: {', '.join(shipped)}"
            )
        return _SHIPPED / f"{name}.toml"
    return source.parent / mapping


def read_toml(path: Path) -> Table:
    """The table of a TOML file. Raises OutcomeError 422 `not-found` or `structure`."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise refuse(422, "not-found", f"{path} cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refuse(422, "structure", f"{path} is not TOML: {error}") from None


def source_of(definition: Table) -> Source:
    """The source of a definition as `read_source` gives it. Raises OutcomeError 422 with one issue for each fault."""
    faults = [*_unknown_keys(definition), *(_list_faults(definition) or _faults(definition))]
    if faults:
        raise OutcomeError(422, *(Issue("value", fault) for fault in faults))
    subject = definition.get("subject")
    types = definition.get("types")
    return Source(
        name=definition["name"],
        title=definition.get("title", definition["name"]),
        kind=definition["kind"],
        regime=Regime(definition["regime"]),
        provider=definition.get("provider", ""),
        unit=definition.get("unit", ""),
        unit_from_tag=definition.get("unit-from-tag", False),
        types=frozenset(types) if types else None,
        patients_of=tuple(definition.get("patients-of", ())),
        labels=Label(sum(LABELS[name] for name in definition.get("labels", ()))),
        mapping=definition.get("mapping"),
        subject=Subject(subject["by"], subject.get("number", "")) if subject else None,
        controller=definition.get("controller", ""),
        declares=frozenset(definition.get("declares", ())),
        validation=definition.get("validation", "strict"),
        bases=tuple(base.rstrip("/") for base in definition.get("bases", ())),
        bundles=definition.get("bundles", "entries"),
        definition=definition,
    )


def check_controller(source: Source) -> None:
    """Raises OutcomeError 422 for a registry whose central controller may not be that by law (rule Q-7, PDL 7:7)."""
    if source.regime is not Regime.REGISTRY:
        return
    controller = source.controller or source.provider
    declared = source.declares | ({"health-authority"} if _AUTHORITY.match(controller) else frozenset[str]())
    registrar = Actor("administrator", Kind.SYSTEM)
    asked = Request(registrar, "set-up", Custody(source.regime, 0, controller), (), datetime.now(UTC), Context(declared=declared))
    decision = decide(asked)
    if not decision.permitted:
        law = rule(decision.rule_ids[0])
        told = f"{law.title_en} ({law.cite}): `{controller}` is none. Name it as `controller`, or declare `government-exemption`"
        raise refuse(422, "business-rule", told, "controller")


def _unknown_keys(definition: Table) -> list[str]:
    return [f"a source has no `{key}`{near(key, _KEYS)}" for key in definition if key not in _KEYS]


def _list_faults(definition: Table) -> list[str]:
    lists = {key: definition[key] for key in ("types", "labels", "patients-of", "declares", "bases") if key in definition}
    return [
        f"`{key}` must be a list of texts"
        for key, value in lists.items()
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value)
    ]


def _faults(definition: Table) -> list[str]:
    kind, regime = definition.get("kind"), definition.get("regime")
    faults = [
        _bad(_NAME.fullmatch(str(definition.get("name", ""))), "`name` must be small letters, digits and hyphens, at most 63"),
        _bad(kind in KINDS, f"`kind` is `{kind}`; it must be one of {', '.join(KINDS)}"),
        _bad(regime in list(Regime), f"`regime` is `{regime}`; it must be one of {', '.join(Regime)}"),
        _bad(
            definition.get("validation", "strict") in VALIDATIONS,
            f"`validation` is `{definition.get('validation')}`; it must be one of {', '.join(VALIDATIONS)}",
        ),
        _bad(kind == "table" or "mapping" not in definition, f"a source of kind `{kind}` takes no `mapping`"),
        _bad(
            kind != "table" or isinstance(definition.get("mapping"), dict),
            "a table needs a `mapping`: the name of a mapping file",
        ),
        _bad(definition.get("provider") or regime == Regime.WELLNESS, "`provider` is missing: the HSA-id of who keeps the data"),
    ]
    faults += [
        _bad(
            _HSA_ID.fullmatch(str(definition[key])),
            f"`{key}` is `{definition[key]}`, which is no HSA-id (SE, 10 digits, -, name)",
        )
        for key in ("provider", "unit", "controller")
        if definition.get(key)
    ]
    faults += [
        f"`types` has `{name}`, which is no resource type{near(name, spec.TYPES)}"
        for name in definition.get("types", ())
        if name not in spec.TYPES
    ]
    faults += [
        f"`labels` has `{name}`{near(name, LABELS)}; labels are {', '.join(LABELS)}"
        for name in definition.get("labels", ())
        if name not in LABELS
    ]
    faults += [
        f"`declares` has `{name}`{near(name, DECLARES)}; a registry may declare {', '.join(DECLARES)}"
        for name in definition.get("declares", ())
        if name not in DECLARES
    ]
    faults += [
        f"`{key}` is for registries: leave it out"
        for key in ("controller", "declares")
        if key in definition and regime != Regime.REGISTRY
    ]
    faults += [*_fhir_faults(kind, definition), *_subject_faults(kind, definition.get("subject"))]
    return [fault for fault in faults if fault]


def _fhir_faults(kind: Any, definition: Table) -> list[str]:
    bundles = definition.get("bundles", "entries")
    return [
        _bad(bundles in BUNDLES, f"`bundles` is `{bundles}`; it must be one of {', '.join(BUNDLES)}"),
        *(f"`{key}` is for kind `fhir`: leave it out" for key in ("bases", "bundles") if key in definition and kind != "fhir"),
        *(
            f"`bases` has `{base}`, which is no address: write https://... as references have it"
            for base in definition.get("bases", ())
            if not _BASE.fullmatch(base)
        ),
    ]


def _subject_faults(kind: Any, subject: Any) -> list[str]:
    wellness = kind in ("open-mhealth", "apple-health")
    if subject is None:
        return ['say whose the files are: subject = { by = "user-id" | "folder" | "file" | "fixed" }'] if wellness else []
    by = subject.get("by") if isinstance(subject, dict) else None
    return [
        _bad(wellness, f"a source of kind `{kind}` takes no `subject`: its records say whose they are"),
        _bad(by in SUBJECTS, f"`subject.by` is `{by}`; it must be one of {', '.join(SUBJECTS)}"),
        _bad(by != "fixed" or subject.get("number"), "`subject.number` is missing: the person's number"),
        _bad(
            not (by == "user-id" and kind == "apple-health"),
            "an Apple Health export has no user id: use `folder`, `file` or `fixed`",
        ),
    ]


def _bad(holds: Any, message: str) -> str:
    return "" if holds else message
