"""From the bytes of a contract to its models, with every complaint at its place in the text."""
