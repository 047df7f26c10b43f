"""rewrite -> memory -> store -> export: a question in a conversation, what is remembered for it, what is kept of it."""
