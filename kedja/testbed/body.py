"""A person's measurable state over time: what lies in the person, what each course adds, and noise."""

from __future__ import annotations

from datetime import date
from random import Random

from kedja.exactjson import Number as Exact
from kedja.testbed.courses import Effect, Variable, load_variables
from kedja.testbed.people import Person
from kedja.testbed.streams import stream

Value = int | Exact


class Body:
    """Values of one person's variables on any day; the same for every domain that measures that day."""

    def __init__(self, person: Person, seed: int) -> None:
        rng = stream(seed, "body", person.key or person.index)
        self._person = person
        self._own = {key: rng.gauss(0, 1) for key in load_variables()}
        self._effects: dict[str, list[tuple[date, Effect, float]]] = {}
        for affliction in person.courses:
            for effect in affliction.course.effects:
                strength = effect.add + effect.spread * rng.gauss(0, 1)
                self._effects.setdefault(effect.variable, []).append((affliction.debut, effect, strength))

    def expected(self, variable: Variable, on: date) -> float:
        """The value without noise."""
        person = self._person
        years = min(max(person.age(on), 0), 95) - 40
        value = variable.mean + variable.sd * self._own[variable.key] + variable.age * max(years, -15)
        value += variable.female if person.sex == "female" else 0
        factor = 1.0
        for debut, effect, strength in self._effects.get(variable.key, ()):
            days = (on - debut).days
            if effect.first <= days < effect.until:
                value += strength + effect.per_year * days / 365.25
                factor *= effect.factor
        return value * factor

    def height(self) -> Value:
        """Grown height in centimetres, which does not change."""
        variable = load_variables()["height"]
        return written(variable, self.expected(variable, self._person.born))

    def measure(self, variable: Variable, on: date, rng: Random) -> Value:
        """One measurement, rounded as it is written down."""
        value = self.expected(variable, on) + variable.noise * rng.gauss(0, 1)
        return written(variable, min(max(value, variable.floor), variable.ceiling))


def written(variable: Variable, value: float) -> Value:
    """`value` with the variable's decimals, which stay as they are: 7.0 is not 7."""
    return Exact(f"{value:.{variable.decimals}f}") if variable.decimals else round(value)


def spoken(value: Value) -> str:
    """As in Swedish text: with a decimal comma."""
    return str(value).replace(".", ",")
