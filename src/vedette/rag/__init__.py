"""load -> split -> embed -> index -> retrieve -> scope -> answer -> verify"""
