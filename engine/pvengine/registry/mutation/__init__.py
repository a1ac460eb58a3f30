"""Small changes of a falsifier's subject, made of its syntax tree: nothing of the code is run here."""
