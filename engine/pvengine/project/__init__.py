"""The use cases, one module each, and the project that they work on."""
