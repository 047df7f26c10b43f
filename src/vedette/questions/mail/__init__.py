"""inbox -> envelope -> person -> content -> question, and question -> reply: mail that comes in, letters that go out."""
