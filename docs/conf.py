"""How the documentation becomes a site: `make site` reads this, and every page of the project."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "docs"))

project = "closurerate"
copyright = "the closurerate maintainers, Apache-2.0"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "_site"]

# The pages stand where they are also read without the site: the sources are the project's folder.
root_doc = "docs/index"
include_patterns = [
    "docs/**.md",
    "docs/**.ipynb",
    "README*.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "data/README*.md",
    "data/raw/README.md",
    "data/corrections/README.md",
    "examples/README.md",
    "reports/README.md",
]
exclude_patterns = [
    ".venv",
    ".git",
    "src",
    "tests",
    "reports/[!R]*",
    "data/cases",
    "data/raw/[!R]*",
]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_heading_anchors = 4
suppress_warnings = ["mystnb.unknown_mime_type"]  # what a page shows is there for print too

nb_execution_mode = "force"
nb_execution_in_temp = True  # below a folder with the shipped data alone (_site/cases.py)
nb_execution_raise_on_error = True
nb_execution_timeout = 180
nb_merge_streams = True
nb_number_source_lines = False

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
napoleon_use_rtype = False
napoleon_use_ivar = True
default_role = "code"  # as docstrings use it
python_display_short_literal_types = True
add_module_names = False

highlight_language = "none"  # of a block that names none
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_theme = "pydata_sphinx_theme"
html_title = "closurerate"
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "logo": {"text": "closurerate"},
    "navbar_end": ["theme-switcher"],
    "header_links_before_dropdown": 8,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
    "show_version_warning_banner": False,
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
html_sidebars = {"docs/index": [], "docs/index.zh-Hant": [], "docs/tutorial": [], "docs/theory": []}
