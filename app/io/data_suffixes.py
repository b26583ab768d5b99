"""The extensions of data files; what reads them is loaded only for a data file."""

DATA_SUFFIXES = (".csv", ".tsv", ".txt", ".tab", ".dat", ".asc", ".prn", ".xy")
NON_TEXT_SUFFIXES = (".gz", ".bz2", ".xz", ".zip", ".7z", ".zst", ".xlsx", ".xls", ".parquet")  # refused by name
