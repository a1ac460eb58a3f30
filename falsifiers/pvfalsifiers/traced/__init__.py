"""The falsifiers that run a real model, one module each."""
