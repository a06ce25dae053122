"""Whether PostgreSQL may keep one plan of a search for all values that are asked for."""

from __future__ import annotations

from kedja.search.assume import persons_under
from kedja.search.nodes import Ids, References
from kedja.search.restrict import Restricted


def depends_on_values(restricted: Restricted) -> bool:
    """Whether the best plan differs with the values: how common a code is, how long a period.

    A search that is bound to persons or ids is small in any plan, and a plan that is kept spares most of its time.
    """
    select = restricted.query.select
    bound = any(isinstance(one, Ids) or (isinstance(one, References) and one.persons) for one in select.criteria)
    return not bound and persons_under(select.law, select.types) is None
