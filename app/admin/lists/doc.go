// Package lists brings many people into a street's staff at once, from a table that its security administrator uploads or
// pastes: 姓名, 手机号码, 工号, 角色, 单位, 网格. A person with several roles has several rows.
//
// A list is [Read] whole before anything is done: each row that is wrong is told by line and column, and one that is wrong
// stops all, because half a list is harder to repair than none. Then [Begin] writes it down, one row a person, and a job for
// each, so that one who cannot be invited keeps nobody waiting. Whoever works here with all of the roles already is written
// down as such and gets no message; so the same list again makes nobody twice.
//
// What stands in a list is personal data: rows are sealed, and jobs carry their numbers alone.
package lists
