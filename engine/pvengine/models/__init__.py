"""The data that the engine works on, as Pydantic models; nothing here knows YAML, files or processes."""
