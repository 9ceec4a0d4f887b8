"""The models, labs and exercises behind an online textbook of the action potential."""

__version__ = "0.1.0"
