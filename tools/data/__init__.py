"""The frozen data of the lessons, made once from named sources. Each module is run as `python -m tools.data.<name>`.

What a module needs beyond the requirements of the course stands at its top: to load a frozen file needs none of it.
"""
