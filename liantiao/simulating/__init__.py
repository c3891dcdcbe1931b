"""A package played in virtual time, region by region."""
