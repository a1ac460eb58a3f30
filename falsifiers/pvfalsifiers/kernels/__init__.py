"""Reference kernels in NumPy: quantised formats and dot products, bit for bit."""
