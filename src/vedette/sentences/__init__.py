"""What results say of themselves in sentences: English where it is stored, in the language of who reads it."""
