"""A session: a spec, its lock, its cache and its archive, opened together, and the verbs on them.

Nothing here prints. What a user may want to know while it runs goes to the logger `dandifile`.
"""

import logging

logging.getLogger("dandifile").addHandler(logging.NullHandler())
