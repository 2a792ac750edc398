"""Checks analytics events against a tracking plan kept as YAML in the repository."""
