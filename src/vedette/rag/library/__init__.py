"""document -> shelf -> catalog: what a data folder holds, and how documents enter and leave it."""
