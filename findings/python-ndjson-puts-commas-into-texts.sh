#!/usr/bin/env bash
# ndjson (PyPI): a text that holds one of Unicode's line ends is read back with a comma in its place, without an error.
#
# Guess:    a reader that is written for NDJSON ends a line at "\n". One that ends it at U+2028 too, as Python's str.splitlines does, finds half
#           a JSON text and raises a JSONDecodeError.
# Happens:  ndjson takes the lines of splitlines, puts them together with commas, and parses that as one list. Where the line end stood in a text, the
#           text now has a comma: "first,second". That is so of U+0085, U+2028 and U+2029, which JSON allows as they are and json.dumps with
#           ensure_ascii=False, JavaScript and most databases write so; what ndjson itself has written that way is altered too. jsonlines, srsly, DuckDB and
#           polars read the text as it is. Writers that escape the three characters are safe from it.
# Versions: ndjson 0.3.1, jsonlines 4.0.0, srsly 2.5.6, duckdb 2.0.1, polars 2.1.0 (PyPI), Python 3.11.
# Date:     2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check ndjson==0.3.1 jsonlines==4.0.0 srsly==2.5.6 duckdb==2.0.1 polars==2.1.0
cat >read.py <<'PY'
import sys

import duckdb
import jsonlines
import ndjson
import polars
import srsly

READERS = {
    "ndjson": lambda file: ndjson.load(open(file, encoding="utf-8")),
    "jsonlines": lambda file: list(jsonlines.open(file)),
    "srsly": lambda file: list(srsly.read_jsonl(file)),
    "duckdb": lambda file: [{"title": title} for (title,) in duckdb.sql(f"select * from read_json('{file}')").fetchall()],
    "polars": lambda file: polars.read_ndjson(file).to_dicts(),
}
seen = []
for end in ["\u0085", "\u2028", "\u2029"]:
    record = {"title": f"first{end}second"}
    with open("movies.ndjson", "w", encoding="utf-8", newline="") as file:
        ndjson.dump([record], file, ensure_ascii=False)
    for name, read in READERS.items():
        came = read("movies.ndjson")
        print(f"U+{ord(end):04X}, {name}: {came}")
        seen.append(came == ([{"title": "first,second"}] if name == "ndjson" else [record]))
sys.exit(0 if all(seen) else 1)
PY
venv/bin/python read.py
