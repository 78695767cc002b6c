package export

import "testing"

// TestCell: OWASP's list, line feeds and full-width signs (V36).
func TestCell(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Bread": "Bread", "2026-001": "2026-001", "a=b": "a=b", "1": "1",
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "\n=1": "'\n=1",
		"＝1": "'＝1", "＋1": "'＋1", "－1": "'－1", "＠x": "'＠x", "  =1": "'  =1", "\u00a0=1": "'\u00a0=1", "\u3000＝1": "'\u3000＝1",
		"\x00=1": "'=1",
	} {
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}
