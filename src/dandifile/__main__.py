"""`python -m dandifile`: the command for those whose PATH does not have it."""

from dandifile.boundary import main

if __name__ == "__main__":
    main()
