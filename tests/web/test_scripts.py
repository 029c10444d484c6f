import re
from pathlib import Path

import pytest

from gisapp.web.scripts import PAGES, STATIC, whole


def written(home: Path, **modules: str) -> Path:
    (home / "js").mkdir()
    for name, text in modules.items():
        (home / "js" / f"{name}.js").write_text(text, "utf-8")
    return home


def test_a_page_asks_for_one_file_with_all_that_its_script_imports(tmp_path: Path) -> None:
    home = written(
        tmp_path,
        page='import { a } from "./a.js";\nimport {\n  b,\n  c as d,\n} from "./b.js";\na(b, d);\n',
        a='import { c } from "./b.js";\nexport async function a(x) {\n  c();\n}\n',
        b="export const b = 1;\nexport function c() {}\nconst own = 2;\n",
        other="",
    )

    text = whole(home, "js/page.js")

    assert text.split("\n") == [
        "const made = {};",
        'made["js/b.js"] = (() => {',
        "const b = 1;",
        "function c() {}",
        "const own = 2;",
        "",
        "return { b, c };",
        "})();",
        'made["js/a.js"] = (() => {',
        'const { c } = made["js/b.js"];',
        "async function a(x) {",
        "  c();",
        "}",
        "",
        "return { a };",
        "})();",
        'made["js/page.js"] = (() => {',
        'const { a } = made["js/a.js"];',
        "const {",
        "  b,",
        "  c: d,",
        '} = made["js/b.js"];',
        "a(b, d);",
        "",
        "return {  };",
        "})();",
        "",
    ]


@pytest.mark.parametrize(
    ("a", "what"),
    [
        ('import { b } from "./page.js";\nexport const a = b;\n', "imports itself"),
        ("const a = 1;\n", "does not export"),
        ("export let a = 1;\n", "only a browser"),
        ("export const a = 1;\nexport { a as b };\n", "only a browser"),
        ('import "./a.js";\nexport const a = 1;\n', "only a browser"),
    ],
)
def test_what_one_file_cannot_say_is_no_page(tmp_path: Path, a: str, what: str) -> None:
    home = written(tmp_path, page='import { a } from "./a.js";\nexport const b = a;\n', a=a)

    with pytest.raises(ValueError, match=what):
        whole(home, "js/page.js")


@pytest.mark.parametrize("entry", PAGES.values())
def test_every_module_of_a_page_is_in_its_script_once(entry: str) -> None:
    made = re.findall(r'^made\["(.+)"\] = ', whole(STATIC, entry), re.MULTILINE)

    assert len(made) == len(set(made)) > 20
    assert made[-1] == entry
    assert {"js/sheet.js", "js/tile.js", "vendor/pbf/index.js"} < set(made)
