"""A real session in step with the model, for people who look on."""

from tlsmodel.live.session import Answer, LiveSession

__all__ = ["Answer", "LiveSession"]
