"""Reports of finished runs: the HTML page, the tables of the paper, the pictures of the rounds."""
