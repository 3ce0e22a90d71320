"""The matching engine: NumPy and the standard library, arrays in, arrays out."""
