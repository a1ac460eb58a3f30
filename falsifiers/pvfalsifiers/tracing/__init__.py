"""The command `pv trace`: what each layer of a model computes on path A and path B, side by side."""
