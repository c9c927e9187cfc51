"""Benchmarks: ratios against a floor, measured side by side."""
