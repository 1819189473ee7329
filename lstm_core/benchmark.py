"""What does recording cost? `python -m lstm_core.benchmark`"""

from lstm_core.studies.benchmark import main

if __name__ == "__main__":
    main()
