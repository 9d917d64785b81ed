"""Every word that leaves: for pages, JSON, tickets and files."""
