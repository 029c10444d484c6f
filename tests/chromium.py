"""Which Chromium opens the pages."""

import os
import shutil
from pathlib import Path
from typing import Final

NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
"""The first that is there. The shell has the same engine without the windows around it: for the
pages of the suite it needs half of the time outside of the page."""

CHROMIUM: Final = Path(
    os.environ.get("TEST_CHROMIUM")
    or next(filter(None, map(shutil.which, NAMES)), f"/usr/bin/{NAMES[0]}")
)
