"""Files of entries behind the door: attached and taken off as new versions, fetched by whom sees a version that has them."""

from __future__ import annotations

from dataclasses import dataclass

from kedja import exactjson
from kedja.access.actor import Actor
from kedja.gate.door import Door
from kedja.gate.innovation import passing
from kedja.gate.innovation_catalogue import KEEP, SEE, TYPE, Entry, keep_version, locked, same, who
from kedja.innovation import entries
from kedja.innovation.catalogue import Kind
from kedja.innovation.proof import MOST_FILES, Named, Proof, named, parts
from kedja.innovation.roles import Viewer
from kedja.outcome import refuse
from kedja.store.queries import sql


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file: what it is called, its media type by its content, and its bytes."""

    name: str
    media: str
    body: bytes


async def attach(door: Door, actor: Actor, kind: Kind, number: int, version: int, field: str, given: Proof, request: str) -> None:
    """Attach a file to a part of an entry. Raises 403, 404, 409, and 422 where that part has too many."""
    async with passing(door, actor, "update", request, f"{field}: {given.named.hash}") as passage:
        one = await locked(passage, kind, number)
        _must_edit(passage.viewer, one, version, field)
        standing = [text for text in one.values.get(field, ()) if named(text).hash != given.named.hash]
        if len(standing) >= MOST_FILES:
            raise refuse(422, "too-many", f"at most {MOST_FILES} files of one part")
        kept = (kind.id, number, given.named.hash, given.media, given.body, actor.id, passage.now)
        await passage.conn.execute(sql("innovation_proof_keep"), *kept)
        values = {**one.values, field: [*standing, str(given.named)]}
        await keep_version(passage, one, values, one.state, f"+ {given.named.name}", one.row["language"])


async def detach(door: Door, actor: Actor, kind: Kind, number: int, version: int, field: str, hash: str, request: str) -> None:
    """Take a file off a part of an entry: earlier versions have it still. Raises 403, 404 and 409."""
    async with passing(door, actor, "update", request, f"{field}: not {hash}") as passage:
        one = await locked(passage, kind, number)
        _must_edit(passage.viewer, one, version, field)
        found = next((each for each in map(named, one.values.get(field, ())) if each.hash == hash), None)
        if found is None:
            raise refuse(404, "not-found", "this part has no such file")
        left = [text for text in one.values[field] if text != str(found)]
        values = {name: value for name, value in one.values.items() if name != field} | ({field: left} if left else {})
        await keep_version(passage, one, values, one.state, f"− {found.name}", one.row["language"])


async def fetch(door: Door, actor: Actor, kind: Kind, number: int, hash: str, request: str) -> Fetched:
    """A file of a version that this actor sees. Raises 404."""
    async with passing(door, actor, "read", request, hash) as passage:
        passage.rules.append(SEE)
        passage.saw(kind.called(number), type=TYPE)
        row = await passage.conn.fetchrow(sql("innovation_proof"), *who(passage), kind.id, number, hash)
        if row is None:
            raise refuse(404, "not-found", "there is no such file, or you may not see it")
        return Fetched(_name(kind, row["values"], hash), row["media"], row["body"])


def _must_edit(viewer: Viewer, one: Entry, version: int, field: str) -> None:
    if not entries.edits(viewer, one.kind, one.state, one.row["author"], one.row["org"]):
        raise refuse(403, "forbidden", f"this entry is changed by who keeps it ({KEEP})")
    if field not in parts(one.kind):
        raise refuse(404, "not-found", "entries of this kind have no such part")
    same(one, version)


def _name(kind: Kind, values: str, hash: str) -> str:
    found = exactjson.loads(values.encode())
    texts = [text for field in parts(kind) for text in found.get(field, ())]
    return next((each.name for each in map(named, texts) if each.hash == hash), Named(hash, hash[:12]).name)
