"""The main job, `liantiao run`: acceptance over HTTP, a burst of load and the whole simulation, in turn, under one index."""
