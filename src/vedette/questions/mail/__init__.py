"""inbox -> envelope -> person -> content -> question, and question -> reply: mail that comes in, and letters."""
