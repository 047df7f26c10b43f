"""draft -> claims -> support -> answer: every sentence is held against its source, or struck."""
