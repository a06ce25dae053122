"""The one door. Every read and every write, by whomever and however, passes here (DESIGN: idea 3).

A package of small files: `door` reads, `writes` writes, `batch` takes in deliveries of registered sources, `disclosure`
tells stepwise what there is, `subjects` says whose a resource is, `custodian` under which custody it is written.
"""

from kedja.gate.changes import Change, Written
from kedja.gate.door import Door
from kedja.store.keys import new_id

__all__ = ["Change", "Door", "Written", "new_id"]
