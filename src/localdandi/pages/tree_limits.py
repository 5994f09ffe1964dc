"""How much of a file's tree is read and shown."""

NODES = 3000
CHILDREN = 300  # of one group
DEEPEST = 40  # levels
SECONDS = 10.0
LONGEST_NOTE = 200  # characters

TIMES = " \N{MULTIPLICATION SIGN} "  # between the lengths of a shape

TOO_MANY = f"Only the first {NODES:,} groups and arrays are shown."
TOO_SLOW = f"Only what could be read in {SECONDS:.0f} seconds is shown."
TOO_DEEP = f"Only the first {DEEPEST} levels are shown."
