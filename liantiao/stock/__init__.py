"""The stock that an implementation holds before a load: made for the reference, exported for others."""
