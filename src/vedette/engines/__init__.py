"""Everything optional: one file for each outside system. Only `vedette.app` imports these."""
