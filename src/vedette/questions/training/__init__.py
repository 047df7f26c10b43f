"""question -> personal -> export: answered questions as training data, without personal data."""
