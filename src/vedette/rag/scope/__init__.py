"""passages -> evidence -> decide: is what was found enough? Calibrated for each collection."""
