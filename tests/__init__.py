"""Tests: they mirror the code; `town` is the tiny world they share."""
