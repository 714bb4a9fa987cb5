#!/usr/bin/env bash
# NDJSON readers: an empty file among others is no rows for DuckDB and pandas, an error for pyarrow, and for polars it depends on the order of the files.
#
# Guess:    a file without a line is NDJSON with no records: every reader that takes several files reads the others, wherever the empty one stands.
# Happens:  DuckDB and pandas do. pyarrow refuses the file ("Empty JSON file"). polars' scan_ndjson refuses all files if the empty one is the
#           first, and reads them if it comes later. A folder is read in the order of its names, so the same job works on one day and fails on another.
# Versions: polars 2.1.0, duckdb 2.0.1, pandas 3.1.1, pyarrow 26.0.1 (PyPI), Python 3.11.
# Date:     2026-11-28
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check polars==2.1.0 duckdb==2.0.1 pandas==3.1.1 pyarrow==26.0.1
cat >read.py <<'PY'
import pathlib
import sys

import duckdb
import pandas
import polars
import pyarrow.dataset

LINE = '{"id":"tt0068646"}\n'
FOLDERS = {"first": ["", LINE], "last": [LINE, ""]}
READERS = {
    "duckdb": lambda files: duckdb.sql(f"select * from read_json({files})").fetchall(),
    "pandas": lambda files: pandas.concat([pandas.read_json(file, lines=True) for file in files]),
    "polars": lambda files: polars.scan_ndjson(files).collect().rows(),
    "pyarrow": lambda files: pyarrow.dataset.dataset(files, format="json").to_table().to_pylist(),
}
KNOWN = {
    ("duckdb", "first"): "1 row", ("duckdb", "last"): "1 row",
    ("pandas", "first"): "1 row", ("pandas", "last"): "1 row",
    ("polars", "first"): "ComputeError", ("polars", "last"): "1 row",
    ("pyarrow", "first"): "ArrowInvalid", ("pyarrow", "last"): "ArrowInvalid",
}
seen = {}
for where, texts in FOLDERS.items():
    files = []
    for at, text in enumerate(texts):
        file = pathlib.Path(where, f"part-{at}.json")
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        files.append(str(file))
    for name, read in READERS.items():
        try:
            rows = len(read(files))
            came = "1 row" if rows == 1 else f"{rows} rows"
        except Exception as error:
            came = type(error).__name__
        seen[name, where] = came
        print(f"{name}, the empty file comes {where}: {came}")
sys.exit(0 if seen == KNOWN else 1)
PY
venv/bin/python read.py
