"""text -> sentences -> identifiers, terms, facts: what stands in a text, whoever wrote it."""
