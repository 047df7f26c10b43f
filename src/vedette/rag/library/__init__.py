"""document -> shelf -> catalog -> database: what a data folder holds, and how documents enter and leave it."""
