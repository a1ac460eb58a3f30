"""Run the command as ``python -m pvengine``."""

from pvengine.cli import main

if __name__ == "__main__":
    main()
