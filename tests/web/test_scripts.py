from pathlib import Path

from gisapp import resources
from gisapp.web.scripts import modules


def test_a_page_asks_at_once_for_all_that_its_script_imports(tmp_path: Path) -> None:
    home = tmp_path / "js"
    (home / "deep").mkdir(parents=True)
    (home / "page.js").write_text('import { a } from "./a.js";\nimport "pbf";\n', "utf-8")
    (home / "a.js").write_text('import {\n  b,\n} from "./deep/b.js";\n', "utf-8")
    (home / "deep" / "b.js").write_text('export { c } from "../c.js";\n', "utf-8")
    (home / "c.js").write_text('import { a } from "./a.js";\n', "utf-8")
    (home / "other.js").write_text("", "utf-8")

    needed = modules(tmp_path)("js/page.js")

    assert needed == ["js/page.js", "js/a.js", "js/deep/b.js", "js/c.js"]


def test_every_import_of_our_scripts_is_there() -> None:
    needed = modules(resources.PACKAGE / "static")

    assert {"js/sheet.js", "js/tile.js"} < set(needed("js/page.js"))
