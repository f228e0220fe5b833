// Package hall is the board on the wall of a street's command hall (指挥大屏): what came in today, what is open and what is
// late, where and with whom. It is a picture for everybody in the room, visitors too, so that it tells nothing of anybody:
// no words of a case, no place finer than a grid, and confidential cases only in the sums.
//
// Nobody signs in at a wall. A screen has a key, which a security administrator makes and can take back; it is entered
// once, lies in a cookie of that browser, and opens this board of this street and nothing else.
package hall
