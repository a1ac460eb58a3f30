"""The falsifiers of `trace-ffn-sub-block-gguf-v1`, one module each."""
