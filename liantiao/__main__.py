"""`python -m liantiao`."""

from liantiao.cli import main

if __name__ == "__main__":
    main()
