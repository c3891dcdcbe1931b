"""The people of a case, who are always ours: buyer, seller, the registry's clerks and the court."""

from people import buyer, clerk, court, seller

ROLES = (buyer.ROLE, seller.ROLE, clerk.ROLE, court.ROLE)
