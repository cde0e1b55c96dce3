"""Tables that ``write_results.py`` fills into the documents."""
