"""The sandbox as a server: its runs, opened, kept and opened again."""
