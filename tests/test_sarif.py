from __future__ import annotations

from coach import sarif
from coach.inputs import Source
from coach.types import Draft
from tests.reviews import finding, review


def test_sarif_of_a_text_file() -> None:
    text = "😀 one\n😀 two"
    source = Source("dir/a b.txt", "dir/a b.txt", Draft(text), whole_file=True)
    found = finding("excuse", (8, 11), "error", wording="2")
    log = sarif.log([(source, review(found, finding(span=None, severity="hint", visible=False)))], [], "1", everything=True)
    run = log["runs"][0]
    assert (log["version"], run["columnKind"]) == ("2.1.0", "utf16CodeUnits")
    assert run["artifacts"][0]["location"]["uri"] == "dir/a%20b.txt"
    first, second = run["results"]
    region = {"startLine": 2, "startColumn": 4, "endLine": 2, "endColumn": 7, "charOffset": 10, "charLength": 3}
    assert first["locations"][0]["physicalLocation"]["region"] == region
    assert first["fixes"][0]["artifactChanges"][0]["replacements"] == [{"deletedRegion": region, "insertedContent": {"text": "2"}}]
    assert (first["level"], second["level"]) == ("error", "note")
    assert "region" not in second["locations"][0]["physicalLocation"]
    assert len(sarif.log([(source, review(finding(visible=False)))], [], "1", everything=False)["runs"][0]["results"]) == 0


def test_sarif_of_a_request_points_to_its_line() -> None:
    source = Source("a.jsonl:3 (x)", "a.jsonl", Draft("one"), "x", 3)
    (result,) = sarif.log([(source, review(finding(span=(0, 3), wording="1")))], [], "1", everything=True)["runs"][0]["results"]
    place = result["locations"][0]
    assert place["physicalLocation"]["region"] == {"startLine": 3} and "fixes" not in result
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "a.jsonl:3 (x)"
    assert place["properties"]["draftRegion"]["charLength"] == 3
