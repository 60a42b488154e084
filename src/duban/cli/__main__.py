"""``python -m duban.cli`` is the command ``duban``."""

from duban.cli import main

if __name__ == "__main__":
    main()
