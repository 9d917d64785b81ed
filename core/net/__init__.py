"""The guarded way out to the network, neutral of any provider."""
