"""Scripts that make what is committed. No part of the installed package."""
