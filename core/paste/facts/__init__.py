"""What one text says about a failure: wording, bodies, headers, names, transport, headlines, node types, doubt."""
