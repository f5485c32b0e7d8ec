"""The benchmarks: pages and searches measured beside their floor, on a throwaway installation."""
