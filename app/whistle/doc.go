// Package whistle is 吹哨报到: the street whistles, and the units that it names report in.
//
// A matter that needs several units at one place, now or at a given hour, is no assignment: nobody hands it on. Whoever
// may whistle says which kind it is (应急处置, 综合执法, 重点工作: the blueprint's list), where, when, what for, and which
// units. Each unit then has a [Call] of its own:
//
//	called → reported → arrived → done
//
// It reports in (报到) within the tenant's whistle.respond_limit, and arrives (到场) by the hour that was named; to an
// emergency, within whistle.urgent_limit, day and night. A mark that passed is a missed one for good and counted, and
// stops nothing: who comes late still comes. Each gives its result.
//
// The whistler ends it with a judgement of every unit, also of one that never came. Each unit judges the whistle in turn:
// was it needed, were its facts right. Both are assessed, so that whistling has a price too (北京市接诉即办工作条例, arts.
// 16 and 33). A whistle blown by mistake is called off as long as nobody has come.
//
// Who may do what when is the table [Moves]. A whistle may hang on a case or stand alone.
//
// The street whistles, the departments of the district report in (街乡吹哨、部门报到): besides its own units a street may name
// bureaus of its district's centre, by their sector. The centre is a tenant with data of its own, and neither reads the
// other's rows. So the centre has a row of its own for such a whistle, with the same id, and calls with the same ids for
// the bureaus that are meant; its people do with them what a street's do. Package post carries what the two sides tell:
//
//	the street (out)                          the centre (in)
//	  sending   ── call ──────────────────▶     called      the clocks begin, by the centre's limits
//	  called … done, declined ◀── step ───     called → reported → arrived → done, or declined: not its matter
//	  closed, called off ── end ──────────▶     closed with the verdicts, called off
//	            ◀──────────────────── step ──   the bureau's judgement of the whistle
//
// What crosses is a fixed list of fields ([Told]). What a bureau did before it heard of the end stays on record. A centre that
// takes no calls, or has no unit of a sector, leaves the call unreached, and nobody is judged for it.
package whistle
