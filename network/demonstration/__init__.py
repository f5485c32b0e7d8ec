"""The demonstration network: its data, all invented but the centres' public facts.

``data/`` holds centres.json (facts), origin_centres.json, partners.json and people.json (invented, and marked so).
"""
