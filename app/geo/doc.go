// Package geo is the geometry of grids: outlines and routes on the ellipsoid's degrees, and nothing of tenants.
//
// Inside the house every place is CGCS2000 degrees, longitude first; WGS-84 differs from it by centimetres and is read as
// the same. Maps of the internet industry are not: GCJ-02 (高德、腾讯、微信) lies some hundred metres off, BD-09 (百度)
// some hundred more. A file says its [System] and is turned at the edge, by [Features].
//
// A [Shape] is the outline of a grid, one area or several, with holes where it must be. What can be wrong with one is a
// [Problem], in words for whoever drew it. [Overlap] measures what two share. An [Index] answers which of thousands of
// shapes cover a point, and a [Canvas] lays shapes out as the paths of an SVG.
//
// Areas and lengths are those of a plane that touches the ellipsoid at the shape: true to half a percent for anything
// that a street is as large as.
package geo
