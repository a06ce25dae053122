"""Which items are shown, told slowly: all are taken to be, and each is judged by the last judgement until nothing changes.

Conditions ask what stands before, so that it ends. It shares no code with
`kedja.forms.enable`: it works on the raw Questionnaire and on a flat list of places.
"""

from __future__ import annotations

from typing import Any

Place = tuple[str, tuple[int, ...]]
Holder = tuple[str, bool, bool]  # link id, whether it is a group that repeats, whether it is a question


def oracle(questionnaire: dict[str, Any], answers: dict[Place, Any], counts: dict[Place, int]) -> set[Place]:
    every = list(_every(questionnaire["item"], (), (), counts))
    ways = {item["linkId"]: way for item, way, _ in every}
    seen: set[Place] = {(item["linkId"], at) for item, _, at in every}
    while True:
        new = {(item["linkId"], at) for item, way, at in every if _stays(item, way, at, seen, answers, ways)}
        if new == seen:
            return seen
        seen = new


def _every(items: list[Any], way: tuple[Holder, ...], at: tuple[int, ...], counts: dict[Place, int]) -> Any:
    for item in items:
        repeats = item["type"] == "group" and item.get("repeats", False)
        here = (*way, (item["linkId"], repeats, item["type"] != "group"))
        for inside in [(*at, n) for n in range(counts.get((item["linkId"], at), 1))] if repeats else [at]:
            yield item, here, inside
            yield from _every(item.get("item", []), here, inside, counts)


def _stays(
    item: Any, way: tuple[Holder, ...], at: tuple[int, ...], seen: set[Place], answers: dict[Place, Any], ways: dict[str, Any]
) -> bool:
    depth = 0
    for link, repeats, question in way[:-1]:
        depth += repeats
        if (link, at[:depth]) not in seen or (question and (link, at[:depth]) not in answers):
            return False
    met = [_met(when, way, at, seen, answers, ways) for when in item.get("enableWhen", [])]
    return not met or (any(met) if item.get("enableBehavior") == "any" else all(met))


def _met(
    when: Any, way: tuple[Holder, ...], at: tuple[int, ...], seen: set[Place], answers: dict[Place, Any], ways: dict[str, Any]
) -> bool:
    asked = when["question"]
    shared = 0
    for (mine, repeats, _), (theirs, _, _) in zip(way, ways[asked]):
        if mine != theirs:
            break
        shared += repeats
    given = [
        v for place in answers if place[0] == asked and place[1][:shared] == at[:shared] and place in seen for v in answers[place]
    ]
    wanted = next(value for name, value in when.items() if name.startswith("answer"))
    if when["operator"] == "exists":
        return bool(given) == wanted
    for each in given:
        value = next(iter(each.values()))
        left, right = (value["code"], wanted["code"]) if isinstance(value, dict) else (value, wanted)
        if {
            "=": left == right,
            "!=": left != right,
            "<": left < right,
            "<=": left <= right,
            ">": left > right,
            ">=": left >= right,
        }[when["operator"]]:
            return True
    return False
