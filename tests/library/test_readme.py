"""What the README shows in Python runs as it stands there."""

import re

import matplotlib
import pytest

from project_copy import ROOT


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hant.md"])
def test_the_python_of_a_readme_runs(name: str, cases_of_107: None):
    found = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    assert len(found) == 1
    with matplotlib.rc_context():
        exec(compile(found[0], name, "exec"), {})
