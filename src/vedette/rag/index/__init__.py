"""entry -> contract -> edge: chunks with their vectors, in the embedded engine or on a server (`engines/qdrant.py`)."""
