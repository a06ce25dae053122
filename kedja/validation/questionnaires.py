"""Forms (R4 Questionnaire, QuestionnaireResponse): that conditions lead to questions, and that answers are to what was asked.

Only what makes an answer wrong is told: a link that the form does not have, an answer of another type, more answers than one,
an answer where none could be given, a required one that is missing when the response is finished.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from kedja import exactjson
from kedja.validation.faults import Fault, shown
from kedja.validation.scope import Scope

Item = dict[str, Any]
MAX_DEPTH: Final = 60

# The type of a question -> what an answer to it may be (R4 Questionnaire.item.type).
_ANSWERS: Final[Mapping[str, tuple[str, ...]]] = {
    "boolean": ("valueBoolean",),
    "decimal": ("valueDecimal", "valueInteger"),
    "integer": ("valueInteger",),
    "date": ("valueDate",),
    "dateTime": ("valueDateTime",),
    "time": ("valueTime",),
    "string": ("valueString",),
    "text": ("valueString",),
    "url": ("valueUri",),
    "choice": ("valueCoding", "valueInteger", "valueDate", "valueTime", "valueString", "valueReference"),
    "open-choice": ("valueCoding", "valueInteger", "valueDate", "valueTime", "valueString", "valueReference"),
    "attachment": ("valueAttachment",),
    "reference": ("valueReference",),
    "quantity": ("valueQuantity",),
}
_FINISHED: Final = ("completed", "amended")


def questionnaire_faults(questionnaire: Item, _scope: Scope) -> list[Fault]:
    """What is wrong with the conditions of a form whose structure is sound."""
    known = {item["linkId"]: path for path, item, _ in _walk(questionnaire, ())}
    faults: list[Fault] = []
    for path, item, _ in _walk(questionnaire, ()):
        inner = {below["linkId"] for _, below, _ in _walk(item, ())}
        for place, condition in enumerate(_items(item, "enableWhen")):
            where, asked = f"{path}.enableWhen[{place}].question", condition.get("question")
            if asked not in known:
                text = f"the form has no question {shown(str(asked))}: name the linkId of one that it has"
                faults.append(Fault(where, "not-found", text))
            elif asked in inner or asked == item["linkId"]:
                text = f"the condition asks {shown(str(asked))}, which stands inside what it enables: ask a question outside it"
                faults.append(Fault(where, "business-rule", text))
    return faults


def response_faults(response: Item, scope: Scope) -> list[Fault]:
    """What is wrong with the answers to a form that is known here or contained; nothing where it is not."""
    canonical = response.get("questionnaire")
    if not isinstance(canonical, str):
        return []
    contained = canonical.startswith("#")
    form = scope.resolve(canonical) if contained else scope.asked.definitions.find("Questionnaire", canonical)
    if form is None or form.get("resourceType") != "Questionnaire":
        return []
    return _Answers(response, response.get("status") in _FINISHED).level(form, response, "", (response,))


@dataclass(frozen=True, slots=True)
class _Answers:
    response: Item
    finished: bool

    def level(self, asked: Item, given: Item, path: str, way: tuple[Item, ...]) -> list[Fault]:
        """The items of one level. `way`: from the response down to `given`."""
        questions = {item["linkId"]: item for item in _items(asked, "item")}
        faults: list[Fault] = []
        seen: set[str] = set()
        for place, item in enumerate(_items(given, "item")):
            where, link = f"{path}.item[{place}]", str(item.get("linkId"))
            question = questions.get(link)
            if question is None:
                text = f"the form has no {shown(link)} here: answer the questions of the form, each under its own"
                faults.append(Fault(f"{where}.linkId", "not-found", text))
                continue
            if link in seen and not (question.get("type") == "group" and question.get("repeats") is True):
                faults.append(Fault(where, "duplicate", f"{shown(link)} stands twice: give one item with every answer"))
            seen.add(link)
            faults += self._item(question, item, where, (*way, item))
        return faults + [
            fault for link, item in questions.items() if link not in seen for fault in self._missing(item, path, way)
        ]

    def _item(self, question: Item, item: Item, where: str, way: tuple[Item, ...]) -> list[Fault]:
        answers = _items(item, "answer")
        if (answers or _items(item, "item")) and not self._is_enabled(question, way):
            text = f"{shown(question['linkId'])} is answered, and the answers before it leave it out: remove it"
            return [Fault(where, "business-rule", text)]
        faults = self._answered(question, answers, where)
        for place, answer in enumerate(answers):
            faults += self.level(question, answer, f"{where}.answer[{place}]", (*way, answer)) if "item" in answer else []
        if question.get("type") == "group":
            faults += self.level(question, item, where, way)
        return faults

    def _answered(self, question: Item, answers: list[Item], where: str) -> list[Fault]:
        link, kind = shown(question["linkId"]), str(question.get("type"))
        if kind in ("group", "display"):
            return [Fault(f"{where}.answer", "business-rule", f"{link} is no question: remove the answer")] if answers else []
        faults: list[Fault] = []
        if len(answers) > 1 and question.get("repeats") is not True:
            faults.append(Fault(f"{where}.answer", "business-rule", f"{link} takes one answer, and has {len(answers)}"))
        for place, answer in enumerate(answers):
            text = _wrong_answer(question, kind, answer)
            if text:
                faults.append(Fault(f"{where}.answer[{place}]", "business-rule", f"{link} {text}"))
        if not answers and self.finished and question.get("required") is True:
            faults.append(_unanswered(question, where))
        return faults

    def _missing(self, question: Item, path: str, way: tuple[Item, ...]) -> list[Fault]:
        """A required question without an item."""
        if not self.finished or question.get("required") is not True or question.get("type") == "display":
            return []
        return [_unanswered(question, path)] if self._is_enabled(question, way) else []

    def _is_enabled(self, question: Item, way: tuple[Item, ...]) -> bool:
        conditions = _items(question, "enableWhen")
        if not conditions:
            return True
        met = [_is_met(condition, _nearest(str(condition.get("question")), way)) for condition in conditions]
        return any(met) if question.get("enableBehavior") == "any" else all(met)


def _unanswered(question: Item, where: str) -> Fault:
    return Fault(
        where, "required", f"{shown(question['linkId'])} must be answered: give an answer, or leave the status in-progress"
    )


def _wrong_answer(question: Item, kind: str, answer: Item) -> str:
    """What is wrong with one answer, or ""."""
    named = next((name for name in answer if name.startswith("value")), None)
    if named is None:
        return ""
    allowed = _ANSWERS.get(kind)
    if allowed is not None and named not in allowed:
        return f"is a question of type {kind}: answer by {' or '.join(allowed[:2])}, not {named}"
    longest = question.get("maxLength")
    if isinstance(longest, int) and named == "valueString" and len(answer[named]) > longest:
        return f"takes at most {longest} characters: shorten the {len(answer[named])} that it has"
    options = _items(question, "answerOption")
    if options and kind == "choice" and not any(_same(option, answer) for option in options):
        return "has fixed answers, and this is none of them: choose one of the form's"
    return ""


def _same(one: Item, other: Item) -> bool:
    """Whether two value[x] are the same: codings by system and code, all else as it is written."""
    for name in one:
        if name.startswith("value"):
            if name not in other:
                return False
            return _essence(one[name]) == _essence(other[name])
    return False


def _essence(value: Any) -> Any:
    if isinstance(value, dict) and "code" in value:
        coded = cast("Item", value)
        return coded.get("system"), coded["code"], coded.get("value")
    return exactjson.dumps(value) if isinstance(value, dict | list) else value


def _nearest(link: str, way: tuple[Item, ...]) -> list[Item]:
    """The answers to a question, of its occurrence that is nearest: the smallest part of the response around that has one."""
    for holder in reversed(way):
        found = [answer for _, item, _ in _walk(holder, ()) if item.get("linkId") == link for answer in _items(item, "answer")]
        if found:
            return found
    return []


def _is_met(condition: Item, answers: list[Item]) -> bool:
    wanted = next(((name, value) for name, value in condition.items() if name.startswith("answer")), None)
    if wanted is None:
        return True
    operator, value = condition.get("operator"), wanted[1]
    if operator == "exists":
        return bool(answers) == (value is True)
    given = [one for answer in answers for name, one in answer.items() if name.startswith("value")]
    return any(_compares(operator, one, value) for one in given)


def _compares(operator: Any, one: Any, other: Any) -> bool:
    if operator in ("=", "!="):
        return (_essence(one) == _essence(other)) == (operator == "=")
    left, right = _amount(one), _amount(other)
    if type(left) is not type(right) or left is None:
        return True  # what cannot be compared is no reason to call an answer wrong
    return {">": left > right, "<": left < right, ">=": left >= right, "<=": left <= right}.get(str(operator), True)


def _amount(value: Any) -> Any:
    if isinstance(value, dict):
        value = cast("Item", value).get("value")
    return float(value) if isinstance(value, int | float) else value if isinstance(value, str) else None


def _walk(holder: Item, way: tuple[str, ...]) -> Iterator[tuple[str, Item, int]]:
    """Every item below, in order, those under answers too: (path from the holder, item, depth)."""
    if len(way) > MAX_DEPTH:
        return
    for place, item in enumerate(_items(holder, "item")):
        here = (*way, f".item[{place}]")
        yield "".join(here), item, len(here)
        yield from _walk(item, here)
        for number, answer in enumerate(_items(item, "answer")):
            yield from _walk(answer, (*here, f".answer[{number}]"))


def _items(holder: Item, name: str) -> list[Item]:
    found = holder.get(name)
    return [cast("Item", one) for one in cast("list[Any]", found) if isinstance(one, dict)] if isinstance(found, list) else []
