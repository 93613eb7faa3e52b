"""Datasets: tables that people uploaded, and the reports that were made of them."""
