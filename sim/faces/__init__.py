"""Faces: how the world outside speaks with the sandbox; they translate and decide nothing."""
