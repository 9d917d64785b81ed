"""What one text says about a failure: wording, bodies, names, transport, headlines, node types."""
