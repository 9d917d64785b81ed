"""What only a server and a browser show."""
