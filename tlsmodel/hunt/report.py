"""What a hunt says at its end, as data and as text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tlsmodel.display import Displayed
from tlsmodel.hunt.finding import Finding


def finding_entry(finding: Finding, directory: Path | None) -> dict[str, object]:
    """Return a finding and where it lies as plain data."""
    known = {"known": finding.known is not None, "known_as": finding.known}
    return finding.to_json() | known | {"directory": str(directory) if directory else None}


@dataclass(frozen=True, slots=True)
class TargetReport:
    """The result of one target.

    Parameters
    ----------
    target, version: what was hunted.
    examples, connections, steps, seconds: how much was tried.
    transitions_covered, transitions_total: see `coverage`.
    findings: with the directory that each was written to, or None.
    left_out: scenarios that could not be set up, with the reason.
    """

    target: str
    version: str
    examples: int
    connections: int
    steps: int
    seconds: float
    transitions_covered: int
    transitions_total: int
    findings: tuple[tuple[Finding, Path | None], ...]
    left_out: Mapping[str, str] = field(default_factory=dict)

    @property
    def new(self) -> tuple[Finding, ...]:
        """The findings that are not known."""
        return tuple(finding for finding, _ in self.findings if finding.known is None)

    @property
    def known(self) -> tuple[Finding, ...]:
        """The findings that are."""
        return tuple(finding for finding, _ in self.findings if finding.known is not None)

    @property
    def steps_per_second(self) -> int:
        """Conformance steps a second, all costs included."""
        return round(self.steps / self.seconds) if self.seconds else 0

    def to_json(self) -> dict[str, object]:
        """Return the result as plain data."""
        return {
            "target": self.target,
            "version": self.version,
            "examples": self.examples,
            "connections": self.connections,
            "steps": self.steps,
            "seconds": round(self.seconds, 3),
            "steps_per_second": self.steps_per_second,
            "transitions_covered": self.transitions_covered,
            "transitions_total": self.transitions_total,
            "findings": [finding_entry(finding, directory) for finding, directory in self.findings],
            "left_out": dict(self.left_out),
        }


@dataclass(frozen=True, slots=True)
class HuntReport(Displayed):
    """The result of a whole hunt.

    Parameters
    ----------
    seed: with it and the same number of examples the same inputs are tried.
    targets: one result each.
    pictures: files written besides the findings.
    interrupted: whether it was stopped before its time.
    """

    seed: int
    targets: tuple[TargetReport, ...]
    pictures: tuple[Path, ...] = ()
    interrupted: bool = False

    @property
    def clean(self) -> bool:
        """Whether nothing new was found."""
        return not any(result.new for result in self.targets)

    def to_json(self) -> dict[str, object]:
        """Return the report as plain data."""
        return {
            "seed": self.seed,
            "interrupted": self.interrupted,
            "targets": [result.to_json() for result in self.targets],
            "pictures": [str(path) for path in self.pictures],
        }

    def __str__(self) -> str:
        lines = [f"seed {self.seed}" + (", interrupted" if self.interrupted else "")]
        for result in self.targets:
            lines.append(
                f"{result.target} {result.version}: {result.examples} examples, {result.steps} steps, "
                f"{result.transitions_covered} of {result.transitions_total} transitions, "
                f"{len(result.new)} new findings, {len(result.known)} known"
            )
            lines += [f"  {finding.id} {finding.title}" for finding in result.new]
            lines += [f"  left out {name}: {reason}" for name, reason in result.left_out.items()]
        return "\n".join(lines)
