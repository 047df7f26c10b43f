"""How outbreaks go on: models of curves, their scores, and which of them is used."""
