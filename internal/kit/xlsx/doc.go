// Package xlsx reads and writes tables: Excel workbooks (.xlsx) and delimited text (.csv, .tsv, .txt).
//
// Reading gives every cell as the text a person sees in it, so that 00123 stays 00123 and a date is 2026-11-21. Text
// files may be UTF-8 with or without a byte order mark, UTF-16 with one, or GB18030 (what Excel in China saves), with
// commas, semicolons or tabs. Files are read as streams within limits; what cannot be read is a fault that says why in
// the reader's language. Writing never lets a cell become a formula.
package xlsx
