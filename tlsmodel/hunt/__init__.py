"""The hunt: Hypothesis drives targets beside the model, shrinks and keeps what departs."""

from tlsmodel.hunt.finding import Finding
from tlsmodel.hunt.replay import Replayed, replay
from tlsmodel.hunt.report import HuntReport, TargetReport
from tlsmodel.hunt.run import Plan, check, hunt

__all__ = ["Finding", "HuntReport", "Plan", "Replayed", "TargetReport", "check", "hunt", "replay"]
