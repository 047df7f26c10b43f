"""question -> search -> fuse: the best passages by three lanes."""
