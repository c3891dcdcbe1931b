"""The contract: every operation of every seat, declared once. No department, no runtime, no wire format lives here."""
