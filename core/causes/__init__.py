"""Causes: the catalogue of cards, which card fits a failure, and finding a card by words."""
