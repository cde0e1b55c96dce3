"""What people look at after a run: the page, the tables of the paper, the pictures of the rounds."""
