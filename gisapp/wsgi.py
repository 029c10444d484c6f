"""The object a production server imports: ``gunicorn gisapp.wsgi:app``."""

from gisapp.actions import tiles
from gisapp.runtime import Runtime
from gisapp.settings import Settings
from gisapp.web import create_app

app = create_app(Runtime.open(Settings.from_env()))
tiles.prepare()  # before anybody asks
