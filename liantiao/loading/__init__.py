"""A load as a whole: processes started, Locust run, what came of it judged and shown."""
