"""From the archive to the folders: what they lack, and how it arrives whole or not at all."""
