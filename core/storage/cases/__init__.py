"""Cases: what one ticket shares, its additions, its checklist."""
