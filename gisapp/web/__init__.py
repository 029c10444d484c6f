"""The web: pages, arrays and problems over HTTP."""
