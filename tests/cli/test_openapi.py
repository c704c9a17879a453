"""`sdrs-fake openapi`."""

import json

from click.testing import CliRunner

from sdrs_fake.cli import main
from sdrs_fake.openapi.document import document


def test_it_prints_the_document_of_the_cloud():
    printed = json.loads(CliRunner().invoke(main, ["openapi"]).stdout)

    assert printed == json.loads(json.dumps(document()))
    assert printed["servers"][0]["url"] == "https://sdrs.{region}.myhuaweicloud.com"


def test_it_writes_a_file(cli, tmp_path):
    status, stdout, stderr = cli("openapi", "--output", str(tmp_path / "sdrs.json"))

    assert (status, stdout, stderr) == (0, "", "")
    assert json.loads((tmp_path / "sdrs.json").read_bytes())["openapi"] == "3.1.0"


def test_a_file_that_cannot_be_written_is_named(cli, tmp_path):
    status, _, stderr = cli("openapi", "--output", str(tmp_path / "none" / "sdrs.json"))

    assert (status, stderr.count("\n")) == (2, 1)
    assert "No such file or directory; choose a file that can be written" in stderr
