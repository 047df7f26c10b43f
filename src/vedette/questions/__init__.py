"""submit -> claim -> answer -> reply: questions that are answered later, and by mail."""
