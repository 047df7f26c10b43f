"""event -> rules -> store -> channel: who hears of what goes wrong, where, and when."""
