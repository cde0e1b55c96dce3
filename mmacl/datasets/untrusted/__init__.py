"""Read bytes and names of unknown origin; refuse what could run code, fill the memory or lead out of a folder."""
