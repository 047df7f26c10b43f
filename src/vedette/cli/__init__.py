"""arguments -> settings -> services -> printed record. Parsing and printing only."""
