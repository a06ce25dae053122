"""What a resource becomes before it is stored: its text, its hash, its index values, its facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

from asyncpg import Record

from kedja import exactjson
from kedja.access.custody import Custody, Label
from kedja.access.facts import BlockFact, CareRelation, ConsentFact, LiftFact, Representation, SubjectState, facts_of
from kedja.access.state_facts import People
from kedja.search.added import check as check_parameter
from kedja.search.extract import Index, extract
from kedja.store.keys import new_key
from kedja.store.write import Version

Resource = dict[str, Any]
NOBODY: Final[People] = MappingProxyType({})
_SERVER_META = ("versionId", "lastUpdated")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A resource that has an id and needs only a version and a custody. `resource` None: a deletion."""

    type: str
    id: str
    resource: Resource | None
    index: Index | None
    content_hash: int


def prepare(resource: Resource, id: str, base: str = "") -> Prepared:
    """Extract and hash; pure and without a transaction, so that locks are held for as short as can be."""
    check_parameter(resource)
    resource = {**resource, "id": id}
    return Prepared(resource["resourceType"], id, resource, extract(resource, base), content_hash(resource))


def deletion(resource_type: str, id: str) -> Prepared:
    return Prepared(resource_type, id, None, None, 0)


def content_hash(resource: Resource) -> int:
    """64 bits over the content without what the server adds: equal content, equal hash, whatever the key order."""
    return int.from_bytes(
        blake2b(exactjson.canonical(_without_server_meta(resource)), digest_size=8).digest(), "big", signed=True
    )


def version_of(
    prepared: Prepared, custody: Custody, existing: Record | None, updated: datetime, people: People = NOBODY
) -> Version:
    """The next version, ready for `store.write.apply`. `people`: whose are the numbers that the resource names others by."""
    number = existing["version"] + 1 if existing else 1
    version = Version(
        key=existing["key"] if existing else new_key(),
        fresh=existing is None,
        type=prepared.type,
        id=prepared.id,
        version=number,
        updated=updated,
        deleted=prepared.resource is None,
        person=custody.person,
        regime=custody.regime.value,
        provider=custody.provider,
        unit=custody.unit,
        source=custody.source,
        labels=int(custody.labels),
        start=custody.start,
        end=custody.end,
        content_hash=prepared.content_hash,
        body="" if prepared.resource is None else body_of(prepared.resource, number, updated),
        index=prepared.index,
        settles=prepared.type == "Patient" and _was_protected(existing) != _is_protected(prepared, custody),
    )
    if prepared.resource is not None:
        _add_facts(version, prepared.resource, custody, people)
    return version


def _was_protected(existing: Record | None) -> bool:
    return existing is not None and not existing["deleted"] and bool(existing["labels"] & Label.PROTECTED)


def _is_protected(prepared: Prepared, custody: Custody) -> bool:
    return prepared.resource is not None and Label.PROTECTED in custody.labels


def body_of(resource: Resource, version: int, updated: datetime) -> str:
    """The JSON text that is stored and sent, byte for byte: `resourceType`, `id`, `meta` first, then as it came."""
    meta = {
        **_client_meta(resource),
        "versionId": str(version),
        "lastUpdated": updated.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    head = {"resourceType": resource["resourceType"], "id": resource["id"], "meta": meta}
    rest = {name: value for name, value in resource.items() if name not in head}
    return exactjson.dumps(head | rest).decode()


def _client_meta(resource: Resource) -> Resource:
    return {name: value for name, value in resource.get("meta", {}).items() if name not in _SERVER_META}


def _without_server_meta(resource: Resource) -> Resource:
    if "meta" not in resource:
        return resource
    meta = _client_meta(resource)
    bare = {name: value for name, value in resource.items() if name != "meta"}
    return bare | {"meta": meta} if meta else bare


def _add_facts(version: Version, resource: Resource, custody: Custody, people: People) -> None:
    facts = facts_of(resource, custody, people=people)
    if not facts:
        return
    version.relations = [fact for fact in facts if isinstance(fact, CareRelation)]
    version.consents = [fact for fact in facts if isinstance(fact, ConsentFact)]
    version.blocks = [fact._replace(excluded=int(fact.excluded)) for fact in facts if isinstance(fact, BlockFact)]
    version.states = [fact for fact in facts if isinstance(fact, SubjectState)]
    version.representations = [fact for fact in facts if isinstance(fact, Representation)]
    version.lifts = [fact for fact in facts if isinstance(fact, LiftFact)]
