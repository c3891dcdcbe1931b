"""Acceptance: a package's policy document as Chinese Gherkin, cast into cases, played once, judged from the journal."""
