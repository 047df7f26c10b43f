"""request -> guard -> route -> service -> record as JSON, or as events while it comes."""
