"""passages -> compose -> draft: an answer without a model, cut from the documents."""
