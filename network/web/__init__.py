"""The web's own floor: errors to answers, paging, forms, and what every page looks like and says.

Knows no feature. Pages are Jinja templates made of the macros in ``templates/components``; their styles and
scripts are built files found through :mod:`network.web.assets`; every word goes through gettext.
"""
