"""The object a production server imports: ``gunicorn gisapp.wsgi:app``."""
