// Package registers keeps the standing lists of what units asked for (退单台账、延期台账、挂账台账): who wanted what on which
// ground, near or far from the limit, who decided it and how. They are read over a period and handed on as Excel.
// That of supervision orders (督办台账) is package supervision's.
package registers
