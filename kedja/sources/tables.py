"""Rows of a table: CSV and Parquet, each as text cells by column, streamed.

Parquet is read by DuckDB in batches of rows with its memory bounded (docs/adr). It is an optional part of the program.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from kedja.outcome import OutcomeError, refuse
from kedja.sources.inputs import InputFile, Meter
from kedja.sources.mapping import TableMapping

RowCells = dict[str, str | None]
_BATCH: Final = 2000
csv.field_size_limit(1 << 20)


def header_of(file: InputFile, mapping: TableMapping) -> list[str]:
    """The names of the columns. Raises OutcomeError 422 when the file has none, or one name twice."""
    header = _parquet_header(file) if file.form == "parquet" else _csv_header(file, mapping)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or not header:
        raise refuse(
            422, "structure", f"{file.name} has the column `{twice[0]}` twice" if twice else f"{file.name} has no header line"
        )
    return header


def rows_of(file: InputFile, mapping: TableMapping, meter: Meter) -> Iterator[tuple[int, RowCells | OutcomeError]]:
    """Line number and cells of each row; a row that is malformed is answered with its refusal."""
    return _parquet_rows(file) if file.form == "parquet" else _csv_rows(file, mapping, meter)


def _csv_header(file: InputFile, mapping: TableMapping) -> list[str]:
    with _reader(file, mapping, Meter()) as reader:
        return [name.strip() for name in next(reader, [])]


@contextmanager
def _reader(file: InputFile, mapping: TableMapping, meter: Meter) -> Iterator[Any]:
    encoding = "utf-8-sig" if mapping.encoding.lower() in ("utf-8", "utf8") else mapping.encoding
    with file.open(meter) as stream:
        text = io.TextIOWrapper(stream, encoding, errors="surrogateescape", newline="")
        yield csv.reader(text, delimiter=mapping.delimiter)


def _csv_rows(file: InputFile, mapping: TableMapping, meter: Meter) -> Iterator[tuple[int, RowCells | OutcomeError]]:
    header = header_of(file, mapping)
    with _reader(file, mapping, meter) as reader:
        next(reader, None)
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                yield reader.line_num, refuse(422, "structure", f"the row is no CSV: {error}")
                continue
            if cells is None:
                return
            if cells:
                yield reader.line_num, _checked(header, cells)


def _checked(header: list[str], cells: list[str]) -> RowCells | OutcomeError:
    if len(cells) != len(header):
        return refuse(422, "structure", f"the row has {len(cells)} cells, but the header has {len(header)} columns")
    for name, cell in zip(header, cells):
        if "\0" in cell or (not cell.isprintable() and any("\ud800" <= character <= "\udfff" for character in cell)):
            return refuse(422, "value", f"column `{name}` has bytes that are not text in the mapping's encoding, or a NUL")
    return dict(zip(header, cells))


def _parquet_header(file: InputFile) -> list[str]:
    with _parquet(file, "LIMIT 0") as cursor:
        return [column[0] for column in cursor.description]


def _parquet_rows(file: InputFile) -> Iterator[tuple[int, RowCells | OutcomeError]]:
    with _parquet(file, "") as cursor:
        header = [column[0] for column in cursor.description]
        number = 0
        while rows := cursor.fetchmany(_BATCH):
            for row in rows:
                number += 1
                yield number, dict(zip(header, row))


@contextmanager
def _parquet(file: InputFile, limit: str) -> Iterator[Any]:
    """A cursor over the file's rows as text. Raises OutcomeError 422 without DuckDB, in a zip, or when it is no Parquet."""
    if file.member is not None or file.gzipped:
        raise refuse(422, "not-supported", f"{file.name}: Parquet is read from plain files: unpack it first")
    try:
        import duckdb
    except ImportError:
        raise refuse(422, "not-supported", "Parquet needs DuckDB: install Kedja with the extra `parquet`") from None
    connection = duckdb.connect(config={"memory_limit": "256MB", "threads": 1})
    try:
        yield connection.execute(f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM read_parquet(?) {limit}", [str(file.path)])  # noqa: S608
    except duckdb.Error as error:
        raise refuse(422, "structure", f"{file.name} cannot be read as Parquet: {str(error).splitlines()[0]}") from None
    finally:
        connection.close()
