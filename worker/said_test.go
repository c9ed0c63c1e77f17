package worker

import "testing"

func TestAWarningIsToldOnce(t *testing.T) {
	var s said
	for i, step := range []struct {
		words string
		news  bool
	}{
		{"", false}, {"a gap", true}, {"a gap", false}, {"another", true}, {"", false}, {"another", true},
	} {
		if got := s.news("beacon", step.words); got != step.news {
			t.Errorf("step %d: %q is news: %v, want %v", i, step.words, got, step.news)
		}
	}
}
