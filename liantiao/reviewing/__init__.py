"""What reviewers add to an acceptance, read from their files and written for them."""
