"""Data files of many kinds: read with the right numbers, or refused; never read wrongly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from surfaces import read_table
from surfaces.data_error import DataError
from surfaces.data_file import select_columns
from surfaces.data_table import read_data_table

READ = {
    "sep=": ("sep=;\nx;y\n1,5;2\n3;4,25\n", [1.5, 3], [2, 4.25]),
    "sep=comma": ('"sep=,"\r\nx,y\r\n1,2\r\n3,4\r\n', [1, 3], [2, 4]),
    "euro": ("a;b\n1.234,5;2,5\n3,1;4\n", [1234.5, 3.1], [2.5, 4]),
    "units": ("t,v\ns,mV\n0,1.5\n1,2.5\n", [0, 1], [1.5, 2.5]),
    "units2": ("t (s)\tv\n-\tV\n0\t1.5\n1\t2.5\n", [0, 1], [1.5, 2.5]),
    "comments": ("# a\n% b\n// c\nx,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    "savetxt": ("# time volt\n1.000000000000000000e+00 2.5e+00\n2.0e+00 3.5e+00\n", [1, 2], [2.5, 3.5]),
    "multi space": ("  x    y\n  1.0   2.0\n 10.0  20.0\n", [1, 10], [2, 20]),
    "pipes2": ("x|y\n1|2\n3|4\n", [1, 3], [2, 4]),
    "fixed": (
        "City name     Pop    Area\nNew York      8.5    302.6\nRio           6.0    400.3\n",
        [8.5, 6.0],
        [302.6, 400.3],
    ),
    "missing NA": ("x,y\n1,2\n2,NA\n3,4\n", [1, 3], [2, 4]),
    "missing NaN": ("x,y\n1,2\n2,NaN\n3,4\n", [1, 3], [2, 4]),
    "missing -": ("x,y\n1,2\n2,-\n3,4\n", [1, 3], [2, 4]),
    "missing ?": ("x,y\n1,2\n2,?\n3,4\n", [1, 3], [2, 4]),
    "missing ": ("x,y\n1,2\n2,\n3,4\n", [1, 3], [2, 4]),
    "missing #N/A": ("x,y\n1,2\n2,#N/A\n3,4\n", [1, 3], [2, 4]),
    "missing NULL": ("x,y\n1,2\n2,NULL\n3,4\n", [1, 3], [2, 4]),
    "missing .": ("x,y\n1,2\n2,.\n3,4\n", [1, 3], [2, 4]),
    "missing n/a": ("x,y\n1,2\n2,n/a\n3,4\n", [1, 3], [2, 4]),
    "missing —": ("x,y\n1,2\n2,—\n3,4\n", [1, 3], [2, 4]),
    "missing None": ("x,y\n1,2\n2,None\n3,4\n", [1, 3], [2, 4]),
    "missing ..": ("x,y\n1,2\n2,..\n3,4\n", [1, 3], [2, 4]),
    "thousand two groups": ('x,y\n1,"1,234,567"\n2,"12,345"\n', [1, 2], [1234567, 12345]),
    "indian": ('x,y\n1,"12,34,567"\n2,"1,23,456"\n3,"12,345"\n', [1, 2, 3], [1234567, 123456, 12345]),
    "swiss": ("x;y\n1;1'234.5\n2;12'000\n", [1, 2], [1234.5, 12000]),
    "nbsp": ("x;y\n1;1\xa0234,5\n2;12\u202f000\n", [1, 2], [1234.5, 12000]),
    "space thousands": ("x,y\n1,1 234\n2,12 000\n", [1, 2], [1234, 12000]),
    "percent": ("x,y\n1,5%\n2,12.5%\n", [1, 2], [5, 12.5]),
    "currency": ('x,y\n1,$5\n2,"$1,200.50"\n3,-$3\n', [1, 2, 3], [5, 1200.5, -3]),
    "dates": ("date,a,b\n2001-01-01,1,2\n2001-01-02,3,4\n", [1, 3], [2, 4]),
    "dates dot": ("date;a;b\n01.02.2001;1,5;2\n02.02.2001;3;4\n", [1.5, 3], [2, 4]),
    "date slash": ("date,a,b\n1/2/2001,1,2\n1/3/2001,3,4\n", [1, 3], [2, 4]),
    "time": ("time,a,b\n12:00,1,2\n12:01,3,4\n", [1, 3], [2, 4]),
    "bool": ("x,y\n1,True\n2,False\n3,True\n", [1, 2, 3], [1, 0, 1]),
    "quoted break": ('name,x,y\n"a\nb",1,2\n"c",3,4\n', [1, 3], [2, 4]),
    "quoted break header": ('"x\n(cm)",y\n1,2\n3,4\n', [1, 3], [2, 4]),
    "trailing empty cols": ("x,y,,\n1,2,,\n3,4,,\n", [1, 3], [2, 4]),
    "trailing data only": ("x,y\n1,2,\n3,4,\n", [1, 3], [2, 4]),
    "dup header": ("a,a,b\n1,2,5\n3,4,6\n", [1, 3], [2, 4]),
    "empty header name": ("a,,b\n1,2,5\n3,4,6\n", [1, 3], [2, 4]),
    "two header": ("Group A,Group A\nx,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    "footer": ("x,y\n1,2\n3,4\nTotal,6\n", [1, 3], [2, 4]),
    "footer2": ("x,y\n1,2\n3,4\n\nSource: me, 2001\n", [1, 3], [2, 4]),
    "footer3": ("r,x,y\na,1,2\nb,3,4\nTotal,4,6\n", [1, 3], [2, 4]),
    "bom": ("\ufeffx,y\n1,2\n3,4\n", [1, 3], [2, 4]),
    "cp1252": (b"Gr\xf6\xdfe;L\xe4nge\n1,5;2\n3;4\n", [1.5, 3], [2, 4]),
    "mac ends": ("x,y\r1,2\r3,4\r", [1, 3], [2, 4]),
    "uminus": ("x,y\n−1,2\n3,−4.5\n", [-1, 3], [2, -4.5]),
    "endash": ("x,y\n–1,2\n3,–4.5\n", [-1, 3], [2, -4.5]),
    "fortran": ("  0.1000D+01  0.2500D+02\n  0.3000D+01 -0.4000D-01\n", [1, 3], [25, -0.04]),
    "fortran3": ("x y\n1.0 1.5-101\n2.0 1.5+101\n", [1, 2], [1.5e-101, 1.5e101]),
    "plus": ("x,y\n+1,+2.5\n+3,-4\n", [1, 3], [2.5, -4]),
    "hex": ("x,y\n0x1F,1\n0x20,2\n", [31, 32], [1, 2]),
    "two rows": ("1,2\n3,4", [1, 3], [2, 4]),
    "r write.table": ('"speed" "dist"\n"1" 4 2\n"2" 7 22\n"3" 8 16\n', [4, 7, 8], [2, 22, 16]),
    "r write.table text": ('"speed" "dist"\n"Mazda RX4" 4 2\n"Datsun 710" 7 22\n', [4, 7], [2, 22]),
    "comma three digits, semicolon": ("x;y\n1;0,123\n2;1,234\n", [1, 2], [0.123, 1.234]),
    "German both": (
        "Stadt;Einwohner;Anteil\nA;1.234;0,5\nB;12.345;0,7\nC;990;0,2\n",
        [1234, 12345, 990],
        [0.5, 0.7, 0.2],
    ),
    "tabs thousands": ("x\ty\n1\t1,234\n2\t990\n", [1, 2], [1234, 990]),
    "quoted all-3": ('x,y\n1,"1,234"\n2,"2,345"\n', [1, 2], [1234, 2345]),
    "quoted comma dec": ('"1,5","2"\n"-3","40"', [1.5, -3], [2, 40]),
    "year header": ("Country,2001,2002\nA,5,6\nB,7,8\n", [5, 7], [6, 8]),
    "pandas int cols": (",0,1\n0,1.5,2.5\n1,3.5,4.5\n2,3,4\n", [1.5, 3.5, 3], [2.5, 4.5, 4]),
    "preamble kv": ("Device: X\nSerial,12345\nDate,2020-01-01\n\nt,v\n0,1.5\n1,2.5\n", [0, 1], [1.5, 2.5]),
    "sklearn": (
        "150,4,setosa,versicolor,virginica\n5.1,3.5,1.4,0.2,0\n4.9,3,1.4,0.2,0\n4.7,3.2,1.3,0.2,1\n",
        [5.1, 4.9, 4.7],
        [3.5, 3, 3.2],
    ),
    "ctrlz": ("x,y\n1,2\n3,4\n\x1a", [1, 3], [2, 4]),
    "single quotes": ("'x','y'\n'1','2'\n'3','4'\n", [1, 3], [2, 4]),
    "hash header": ("#,x,y\n1,5,3\n2,7,6\n3,8,9\n", [5, 7, 8], [3, 6, 9]),
    "no header index": ("1,5,3\n2,7,6\n3,8,9\n", [5, 7, 8], [3, 6, 9]),
    "comma+space dec": ("1,5; 2,5\n3,5; 4,5\n", [1.5, 3.5], [2.5, 4.5]),
    "tab euro": ("x\ty\n1,5\t2,25\n3\t4\n", [1.5, 3], [2.25, 4]),
    "arff": ("@relation a\n@attribute x numeric\n@attribute y numeric\n@data\n1,2\n3,4\n", [1, 3], [2, 4]),
    "scientific": ("x,y\n1e3,2E-2\n1.5e+01,3\n", [1000, 15], [0.02, 3]),
    "european sci": ("x;y\n1,5E+03;2\n2,5E-01;3\n", [1500, 0.25], [2, 3]),
    "first missing": ("x,y\nNA,2\n1,3\n4,5\n", [1, 4], [3, 5]),
    "crcrlf": ("x,y\r\r\n1,2\r\r\n3,4\r\r\n", [1, 3], [2, 4]),
    "empty rows between": ("x,y\n\n1,2\n\n3,4\n\n", [1, 3], [2, 4]),
    "leading space csv": (" x , y \n 1 , 2 \n 3 , 4 \n", [1, 3], [2, 4]),
    "sum col": ("Item;Menge;Preis\nA;1;2,50 €\nB;3;4,00 €\n", [1, 3], [2.5, 4]),
}
READ |= {
    "missing as stars": ("x,y\n1,2\n2,**\n3,4\n", [1, 3], [2, 4]),
    "Korean total": ("번호,키,몸무게\n1,170,60\n2,180,75\n합계,350,135\n", [170, 180], [60, 75]),
    "Korean source": ("키,몸무게\n170,60\n180,75\n출처: 통계청\n", [170, 180], [60, 75]),
    "Korean numbers": ("번호,키,몸무게\n1,170,60\n2,180,75\n", [170, 180], [60, 75]),
}
REFUSED = {
    "thousand mixed": 'x;y\n1;"1,234"\n2;990\n',
    "thousand comma unquoted": "year,visitors\n2001,1,234\n2002,1,310\n2003,990\n",
    "thousand all unq": "year,visitors\n2001,1,234\n2002,1,310\n",
    "id thousand all unq": "id,visitors\n1,1,234\n2,1,310\n",
    "percent mixed": "x,y\n1,5%\n2,0.125\n",
    "currencies": "x,y\n1,$5\n2,€6\n",
    "paren": "x,y\n1,(5)\n2,6\n",
    "footer bad": "x,y\n1,2\n3,4\nfoo,6\n",
    "gz": b"\x1f\x8b\x08\x00abc",
    "xlsx": b"PK\x03\x04abc\x00",
    "mixed marks col": 'x,y\n1,12.5\n2,"0,75"\n',
    "dot small semicolon": "Stadt;Einwohner;n\nA;1.234;1\nB;12.345;2\nC;990;3\n",
    "German amb": "Stadt;Lat;Anteil\nA;51.234;0,5\nB;52.345;0,7\n",
    "tabs comma only": "x\ty\n1\t1,234\n2\t2,345\n",
    "quoted big beside": 'x,y\n1,"1,234"\n2,2345\n',
    "hidden second table": "x,y\n1,2\n3,4\nx,z\n5,6\n",
    "ragged long": "x,y,z\n1,2,3\n4,5,6,7\n8,9,10\n",
    "ws gap": "x y z\n1 2 3\n4 5\n7 8 9\n",
    "colon sep json": '{"a": 1}\n',
    "html": "<!DOCTYPE html>\n<html>\n<body>1 2</body>\n",
    "inf": "x,y\n1,inf\n2,3\n3,4\n",
    "quotes rows": '"1,2"\n"3,4"\n',
    "whole line quoted": '"x,y"\n"1,2"\n"3,4"\n',
    "colname num": "x,2\n1,5\n3,6\n",
    "value text mid": "x,y\n1,2\n2,abc\n3,4\n4,6\n",
}


def to_bytes(content: str | bytes) -> bytes:
    return content.encode() if isinstance(content, str) else content


@pytest.mark.parametrize("kind", READ)
def test_file_is_read_with_the_right_numbers(kind: str, tmp_path: Path) -> None:
    content, x, y = READ[kind]
    path = tmp_path / "a.csv"
    path.write_bytes(to_bytes(content))
    data = read_table(path)
    np.testing.assert_array_equal([data.x, data.y], [x, y])
    assert data.x.flags["C_CONTIGUOUS"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp949", "euc-kr"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    data = select_columns(read_data_table("키,몸무게\n170.5,60\n180,75.5\n".encode(encoding)))
    np.testing.assert_array_equal([data.x, data.y], [[170.5, 180], [60, 75.5]])
    assert data.names == ("키", "몸무게")


@pytest.mark.parametrize("kind", REFUSED)
def test_unclear_file_is_refused_with_one_sentence(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(to_bytes(REFUSED[kind]))
    with pytest.raises(DataError) as caught:
        read_table(path)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 250


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x;y\n1;1,234\n2;990\n", r"line 2 is ambiguous: '1,234' can contain a decimal mark or a thousands"),
        ('x,y\n1,12.5\n2,"0,75"\n', r"lines 2 \('12.5'\) and 3 \('0,75'\) write numbers differently"),
        ("x,y\n1,$5\n2,€6\n", r"line 3 \('€6'\) has another unit"),
        ("year,visitors\n2001,1,234\n2002,1,310\n", "the header in line 1 has 2 names, but the rows below it have 3"),
        ("x,y\n1,2\nx,z\n5,6\n", r"one row does not .* line 3 \('x,z'\)"),
        (b"\x1f\x8b\x08", r"it is not a text file \(its format is gzip\)"),
    ],
)
def test_refusal_names_the_row_and_the_reason(text: str | bytes, message: str) -> None:
    with pytest.raises(DataError, match=message):
        select_columns(read_data_table(text))


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("Weg;Kraft\n[mm];[N]\n0;0,5\n1;0,7\n", "header: lines 1–2"),
        (
            ",speed,dist\n0,5,3\n1,7,6\n",
            "x is column 2 (speed) and y is column 3 (dist); column 1 only numbers the rows",
        ),
        ("a,b\n1,2\n2,NA\n3,\n4,5\n", "rows with missing cells left out: 2 (lines 3–4)"),
        ("a,b\n1,2\n3,4\n\nSource: me, 2001\n", "skipped, because they are not data: lines 5"),
        ("# made by hand\na,b\n1,2\n3,4\n", "skipped, because they are comments: lines 1"),
        ('year,n\n1,"1,234"\n2,990\n', "commas separate thousands in n"),
        ("a;b\n1;0,5\n2;3\n", "the decimal mark is a comma"),
        ("a,b\n1,5%\n2,7%\n", "b is in percent: 5% is read as 5"),
        ("a,b\n1,-9999\n2,7\n3,8\n", "b is -9999 in 1 rows; check whether it stands for a missing value"),
        ("Größe;b\n1;2\n2;3\n".encode("cp1252"), "the character encoding is Windows-1252"),
    ],
)
def test_what_is_not_obvious_is_noted(text: str | bytes, note: str) -> None:
    assert note in select_columns(read_data_table(text)).notes


CARS = "id,name,weight,price,weight\n7,a,1.5,20,5\n9,b,2.5,30,6\n12,c,4,,7\n"


@pytest.mark.parametrize(
    ("x", "y", "names", "first_row"),
    [
        (None, None, ("weight", "price"), (1.5, 20)),
        ("price", 5, ("price", "weight"), (20, 5)),
        ("PRICE", "id", ("price", "id"), (20, 7)),
        (None, "price", ("weight", "price"), (1.5, 20)),
        (4, None, ("price", "weight"), (20, 1.5)),
    ],
)
def test_columns_are_chosen_by_name_or_number(
    x: str | int | None, y: str | int | None, names: tuple[str, str], first_row: tuple[float, float]
) -> None:
    data = select_columns(read_data_table(CARS), x, y)
    assert data.names == names
    assert (data.x[0], data.y[0]) == first_row


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        ("weight", None, "2 columns are named 'weight'; give the number"),
        ("mass", None, "no column named 'mass'; the columns are id, name, weight, price, weight"),
        (6, None, "no column named 6"),
        ("price", 4, "two different columns"),
        ("name", "price", "do not contain two finite numbers"),
    ],
)
def test_wrong_column_is_refused(x: str | int, y: str | int | None, message: str) -> None:
    with pytest.raises(DataError, match=message):
        select_columns(read_data_table(CARS), x, y)


@pytest.mark.parametrize(
    ("labels", "note"),
    [
        (("no", "yes"), "'no' is class 0 and 'yes' is class 1"),
        (("False", "True"), "'False' is"),
        (("2", "1"), "'1' is"),
    ],
)
def test_label_becomes_zero_and_one(labels: tuple[str, str], note: str) -> None:
    text = f"x,z,passed\n1,5,{labels[0]}\n2,6,{labels[1]}\n3,7,{labels[0]}\n"
    data = select_columns(read_data_table(text), labels=True)
    np.testing.assert_array_equal(data.x, [1, 2, 3])
    np.testing.assert_array_equal(data.y, [1, 0, 1] if labels == ("2", "1") else [0, 1, 0])
    assert any(note in each for each in data.notes)


def test_standardized_columns_have_mean_0_and_deviation_1(tmp_path: Path) -> None:
    path = tmp_path / "years.csv"
    path.write_text("year,level\n1900,1003.8\n1901,1048.5\n1902,959.7\n1903,959.7\n")
    x, y, names, notes = read_table(path, standardize=True)
    np.testing.assert_allclose([x.mean(), y.mean(), x.std(), y.std()], [0, 0, 1, 1], atol=1e-12)
    assert names == ("year", "level")
    assert "year is standardized: minus 1901.5, divided by 1.11803" in notes
    raw = read_table(path)
    np.testing.assert_allclose(x * raw.x.std() + raw.x.mean(), raw.x)


def test_too_large_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"1,2\n" * (5 << 20))
    with pytest.raises(DataError, match="limited to 16 MiB"):
        read_table(path)


@pytest.mark.slow
def test_far_too_many_rows_are_counted_without_reading_them() -> None:
    with pytest.raises(DataError, match="at most 100,000 rows, not 300,001"):
        read_data_table("x,y\n" + "1,2\n" * 300_000)


def test_a_row_of_text_above_the_names_of_r_is_no_unit() -> None:
    data = select_columns(read_data_table('"one" "two"\n"x" "y"\n"1" 4 2\n"2" 7 22\n'))
    assert (data.x.tolist(), data.y.tolist()) == ([4, 7], [2, 22])
