"""Portico: a self-hosted customer portal."""
