"""The dependency graph of a contract: tests, hypotheses, steps, stages, and the contracts they lean on.

Edges and their lint need only the standard library; `obligations` builds the networkx graph.
"""
