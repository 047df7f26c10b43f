"""passages -> prompt -> chain -> draft: an answer by the first language model that gives one."""
