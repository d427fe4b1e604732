"""Health, doctor, checks, preparation and figures: of Dexter itself, not of what it shows."""
