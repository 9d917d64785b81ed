"""Harvests the error sentences of n8n and its clients from their packages; ``python -m tests.harvest`` runs it.

``packages.toml`` says which packages and which of their files, and why others are left out; `javascript` and
`python_sources` read sentences out of a syntax tree; `packages` puts the two together. What each sentence means is in
``core/causes/sentences.jsonl``.
"""
