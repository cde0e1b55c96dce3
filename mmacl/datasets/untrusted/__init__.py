"""Bytes of unknown origin: what is read of them, and what is refused."""
