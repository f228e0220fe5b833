package blueprint

import (
	"reflect"
	"slices"
)

// derived lays the entries of a derived blueprint over those of the one it is derived from. An entry
//
//   - with a key that the other has changes it: the fields it gives replace the other's, null takes a
//     field away, and the rest stays;
//   - with such a key and "drop: true" leaves the item out;
//   - with a new key adds an item.
//
// What is the same in both is not said twice: a field that repeats the other's value is refused, so
// that a derived blueprint reads as what it is, its differences. A number once published keeps its
// items all the same: what a later number no longer wants says "retired: true" and not "drop: true".
func derived(base, differences []entry) ([]entry, error) {
	list := slices.Clone(base)
	at := map[Ref]int{}
	for n, e := range list {
		at[e.ref()] = n
	}
	dropped := map[Ref]bool{}
	for _, d := range differences {
		n, known := at[d.ref()]
		drop, drops := d.fields["drop"]
		switch {
		case drops && (!known || drop != true || len(d.fields) > 1):
			return nil, d.errorf(`drop: leaves out an item of the other blueprint, with "drop: true" and nothing else`)
		case drops:
			dropped[d.ref()] = true
		case known:
			e, err := changed(list[n], d)
			if err != nil {
				return nil, err
			}
			list[n] = e
		default:
			list = append(list, d)
		}
	}
	return slices.DeleteFunc(list, func(e entry) bool { return dropped[e.ref()] }), nil
}

func changed(base, d entry) (entry, error) {
	if len(d.fields) == 0 {
		return d, d.errorf("says nothing that differs")
	}
	whole := make(map[string]any, len(base.fields))
	for f, v := range base.fields {
		whole[f] = v
	}
	for f, v := range d.fields {
		old, there := whole[f]
		switch {
		case there && reflect.DeepEqual(old, v):
			return d, d.errorf("%s: says what %s says already", f, base.file)
		case v == nil && !there:
			return d, d.errorf("%s: takes away what %s does not have", f, base.file)
		case v == nil:
			delete(whole, f)
		default:
			whole[f] = v
		}
	}
	d.fields = whole
	return d, nil
}
