"""Check a change before it is merged: what it did to contracts, and whether evidence and versions follow."""
