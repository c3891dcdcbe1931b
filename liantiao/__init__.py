"""liantiao (联调): the command line and the composition root; the only package that knows everybody."""

__version__ = "0.1.0"
