"""What makes a dandiset easy to find, understand and cite: a rule each, over the document as it is sent."""
