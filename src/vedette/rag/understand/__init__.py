"""question -> intent -> asked: what the person wants, the type of the answer, the parts of the question."""
