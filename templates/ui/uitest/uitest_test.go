package uitest

import "testing"

func TestSlips(t *testing.T) {
	for page, want := range map[string]int{
		`<p>好</p>`:                         0,
		`<p style="color:red">x</p>`:       1,
		`<a onclick="x()">x</a>`:           1,
		`<a href="javascript:x()">x</a>`:   1,
		`<script>x()</script>`:             1,
		`<script src="/a.js"></script>`:    0,
		`<style>p{}</style>`:               1,
		`<b id="a"></b><b id="a"></b>`:     1,
		`<input name="q">`:                 1,
		`<label>问<input name="q"></label>`: 0,
		`<input type="hidden" name="q">`:   0,
		`<label for="q">问</label><input id="q" aria-describedby="gone">`: 1,
		`<img src="a.png">`:                                               1,
		`<img src="a.png" alt="">`:                                        0,
		`<form method="post" action="/a"></form>`:                         1,
		`<form method="post"><input type="hidden" name="request"></form>`: 0,
		`<form method="get"></form>`:                                      0,
	} {
		if got := slips(page); len(got) != want {
			t.Errorf("%s: %q, want %d", page, got, want)
		}
	}
}
