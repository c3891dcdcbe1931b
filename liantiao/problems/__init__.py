"""The problem list (问题清单): kept beside the acceptances, merged with each, filled in by people, retested."""
