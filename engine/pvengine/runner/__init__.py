"""Run falsifiers in processes of their own, one a trial, and report every way in which one can end."""
