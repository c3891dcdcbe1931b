"""Load: the people of the package as Locust users, against any implementation."""
