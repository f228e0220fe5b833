// Package tables reads the tables that other systems export: CSV (UTF-8, or GBK and GB18030 as older systems write it)
// and Excel (.xlsx, the first sheet), row by row.
//
// A [File] on disk may be packed by gzip and as large as a city's history; one that somebody uploads ([Of]) is in memory
// and within bounds. A row that cannot be read says why and stops no others; what is wrong with the file as a whole is
// a fault for people.
package tables
