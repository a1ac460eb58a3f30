from __future__ import annotations

import csv
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import small_tables

from pvfalsifiers.tracing.render import render_csv, render_json, render_text

if TYPE_CHECKING:
    from pvfalsifiers.tracing.table import TraceTable

SCHEMA = json.loads(
    resources.files("pvfalsifiers.tracing").joinpath("trace-v1.schema.json").read_text(encoding="utf-8")
)

TEXT = """\
tiny  llama, 3 layers, sha256 0123456789ab
prompt  3 tokens: 1 '<s>', 5 ' a', 9 '\\x1b'
std     over all 3 tokens and all elements, divided by their number n, in float64
        elements of a token: gate 96, down 64

layer  tensor  std A  std B     A / B
    0  gate        4      4         1
    0  down        2      1         2
    2  gate        1      3  0.333333
    2  down      0.5    0.5         1

A / B, like with like: 0.333333 (layer 2, gate) to 2 (layer 0, down)

not comparable: A over all 3 tokens by B over the last one; it is not 1 for two equal paths either
layer  tensor  std A, all tokens  std B, last token  quotient
    0  gate                    4                  2         2
    0  down                    2                  3  0.666667
    2  gate                    1                  5       0.2
    2  down                  0.5              0.125         4

most probable next tokens, with ln p
      path A           path B
   1  -0.5000  7 '\\n'  -0.7500  8 '首'
   2  -1.2500  8 '首'

path A took 1.23 s, path B took 2.50 s
"""


def validate(document: Any) -> None:
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_text_shows_the_table_its_population_and_the_artefact_apart() -> None:
    assert render_text(small_tables.make_table(artefact=True)) == TEXT


def test_text_of_one_path_has_no_ratio() -> None:
    text = render_text(small_tables.make_table("last", "B"))
    assert "\nstd     over the last token and all elements, " in text
    assert "\nlayer  tensor  std B\n    0  gate        2\n" in text
    assert "A / B" not in text
    assert "not comparable" not in text
    assert text.endswith("\n\npath B took 2.50 s\n")
    assert "\n   1  -0.7500  8 '首'\n" in text


def test_text_shows_no_control_character_and_keeps_long_prompts_in_lines(table: TraceTable) -> None:
    model = type(table.model)(**{**vars(table.model), "name": "a\x1b[31m\u202e"})
    many = type(table)(**{**vars(table), "model": model, "tokens": table.tokens * 40})
    lines = render_text(many).splitlines()
    assert lines[0].startswith("a\\x1b[31m\\u202e  llama")
    assert lines[1].startswith("prompt  120 tokens: 1 '<s>', 5 ' a', 9 '\\x1b', ")
    assert lines[2].startswith("        ")
    assert max(map(len, lines)) <= 110
    assert "".join(lines[1:]).count("' a'") == 40


def test_figures_that_are_no_numbers() -> None:
    table = small_tables.make_broken_table()
    text = render_text(table)
    assert "\n    0  gate      nan      0    nan\n    0  up        inf      0    inf\n" in text
    assert "like with like" not in text, "no ratio is finite"
    document = json.loads(render_json(table), parse_constant=pytest.fail)
    validate(document)
    assert [row["ratio"] for row in document["rows"]] == ["nan", "inf"]
    assert document["next_tokens"]["B"][0]["log_probability"] == "-inf"
    assert render_csv(table).splitlines()[1:] == ["0,gate,all,1,nan,0.0,nan,", "0,up,all,1,inf,0.0,inf,"]


@pytest.mark.parametrize("paths", ["A", "B", "AB"])
@pytest.mark.parametrize("over", ["all", "last"])
def test_json_is_what_the_schema_says(over: str, paths: str) -> None:
    table = small_tables.make_table(over, paths, artefact=paths == "AB")
    text = render_json(table)
    document = json.loads(text)
    validate(document)
    assert list(document) == list(SCHEMA["properties"]) == SCHEMA["required"]
    assert document["paths"] == list(document["next_tokens"]) == list(paths)
    assert document["statistic"]["token_count"] == (3 if over == "all" else 1)
    assert document["prompt"] == "a\x7f\u00e9"
    assert text.isascii()
    assert text.isprintable() or set(text) - {"\n"} <= set(map(chr, range(32, 127)))
    assert render_json(small_tables.make_table(over, paths, artefact=paths == "AB")) == text
    assert "seconds" not in text
    assert "1.234" not in text


def test_json_has_every_digit(table: TraceTable) -> None:
    document = json.loads(render_json(table))
    assert document["rows"][2] == {
        "layer": 2, "tensor": "gate", "elements": 96, "std_a": 1.0, "std_b": 3.0, "ratio": 1 / 3,
    }  # fmt: skip
    assert document["not_comparable"] is None
    unlike = json.loads(render_json(small_tables.make_table(artefact=True)))["not_comparable"]
    assert unlike[1] == {
        "layer": 0, "tensor": "down", "std_a_all": 2.0, "std_b_last": 3.0, "quotient": 2 / 3,
    }  # fmt: skip


def test_the_schema_is_one_and_refuses_other_documents(table: TraceTable) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    document = json.loads(render_json(table))
    for change in ({"schema": "pv/trace/v2"}, {"rows": []}, {"more": 1}, {"paths": ["C"]}, {"prompt": ""}):
        with pytest.raises(jsonschema.ValidationError):
            validate({**document, **change})
    del document["rows"][0]["ratio"]
    with pytest.raises(jsonschema.ValidationError):
        validate(document)


def test_csv_has_a_row_for_each_layer_and_tensor() -> None:
    assert render_csv(small_tables.make_table(artefact=True)) == (
        "layer,tensor,tokens,elements,std_a,std_b,ratio,not_comparable\n"
        "0,gate,all,96,4.0,4.0,1.0,2.0\n"
        "0,down,all,64,2.0,1.0,2.0,0.6666666666666666\n"
        "2,gate,all,96,1.0,3.0,0.3333333333333333,0.2\n"
        "2,down,all,64,0.5,0.5,1.0,4.0\n"
    )


def test_csv_leaves_empty_what_was_not_run() -> None:
    rows = list(csv.DictReader(render_csv(small_tables.make_table("last", "A")).splitlines()))
    assert [row["std_a"] for row in rows] == ["1.0", "3.0", "5.0", "0.25"]
    assert {(row["std_b"], row["ratio"], row["not_comparable"], row["tokens"]) for row in rows} == {
        ("", "", "", "last")
    }
