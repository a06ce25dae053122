"""Checks a whole log: each entry against its leaf, each checkpoint against the tree and the key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kedja.audit.checkpoint import Checkpoint, is_signed
from kedja.audit.tree import Peaks, leaf_hash

MAX_FINDINGS: Final = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was sealed. `seq` names the row of the access log where one is meant."""

    kind: str  # changed | dropped | added | reordered | rewritten | unsigned | cut
    text: str
    seq: int | None = None


@dataclass(slots=True)
class Verifier:
    """Takes the leaves in their order, and then says what is wrong. `checkpoints`: those of the store and of the witness.

    `pruned`: so many rows from the beginning were taken out when their time was over. `start`: the tree that is known to be
    whole, where not all leaves are looked at.
    """

    key: Ed25519PublicKey
    checkpoints: Iterable[Checkpoint]
    pruned: int = 0
    start: Peaks = field(default_factory=Peaks)
    findings: list[Finding] = field(default_factory=list[Finding])
    _peaks: Peaks = field(default_factory=Peaks)
    _signed: dict[int, set[bytes]] = field(default_factory=dict[int, set[bytes]])
    _good: int = 0  # how many leaves the last checkpoint that agreed covers

    def __post_init__(self) -> None:
        self._peaks = self.start
        for checkpoint in self.checkpoints:
            if is_signed(checkpoint, self.key):
                self._signed.setdefault(checkpoint.size, set()).add(checkpoint.root)
            else:
                self._find("unsigned", f"a checkpoint is not signed by the key: {checkpoint.text.splitlines()[1:2]}")

    @property
    def size(self) -> int:
        return self._peaks.size

    def leaf(self, position: int, seq: int, kept: bytes, entry: bytes | None) -> None:
        """The next leaf: its place, its row, the hash that is kept of it, and what the row says now (None: it is gone)."""
        if position != self.size:
            self._find("reordered", f"leaf {self.size} is missing: what follows stands as leaf {position}", seq)
        if entry is None:
            if position >= self.pruned:
                self._find("dropped", f"row {seq} of the access log was sealed as leaf {position} and is gone", seq)
        elif leaf_hash(entry) != kept:
            self._find("changed", f"row {seq} of the access log is not what was sealed as leaf {position}", seq)
        self._peaks, _ = self._peaks.with_leaf(kept)
        self.compare()

    def added(self, seqs: Iterable[int]) -> None:
        """Rows that stand among the sealed ones without a leaf."""
        for seq in seqs:
            self._find("added", f"row {seq} of the access log was put among rows that were sealed before it", seq)

    def finish(self) -> list[Finding]:
        """All that is wrong; nothing where the log is whole."""
        last = max(self._signed, default=0)
        if last > self.size:
            self._find("cut", f"{last} entries were signed and {self.size} are there: the end of the log is gone")
        return self.findings

    def compare(self) -> None:
        """The tree as it is now with the checkpoint of its size, where there is one."""
        signed = self._signed.get(self.size)
        if signed is None:
            return
        if signed == {self._peaks.root()}:
            self._good = self.size
        else:
            span = f"leaves {self._good} to {self.size - 1}"
            self._find("rewritten", f"{span} are not those that were signed: the checkpoint of {self.size} has another root")

    def _find(self, kind: str, text: str, seq: int | None = None) -> None:
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(kind, text, seq))
