"""Resolvers by area; each module offers a table ``FIELDS`` of ``"Type.field"`` to function."""
