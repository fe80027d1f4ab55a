// SPDX-License-Identifier: GPL-3.0-or-later

package bot

import (
	"context"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"gitlab.wikimedia.org/toolforge-repos/codesteward/bot/registry"
)

func TestGoneOwners(t *testing.T) {
	ended := exec.Command("true")
	if err := ended.Run(); err != nil {
		t.Fatal(err)
	}
	us := thisProcess()
	if us.place == "" {
		t.Skip("this system does not tell where a process runs")
	}
	other := us
	other.id = "another"
	child := other
	child.pid = ended.Process.Pid
	alive := other
	alive.pid = 1
	elsewhere := child
	elsewhere.place = "another machine"
	tests := []struct {
		name  string
		owner owner
		want  bool
	}{
		{"ourselves", us, false},
		{"an earlier process with our number", other, true},
		{"a process that has ended", child, true},
		{"a process that is alive", alive, false},
		{"a process of another machine", elsewhere, false},
	}
	for _, test := range tests {
		if got := us.gone(test.owner.String()); got != test.want {
			t.Errorf("%s: gone %v, want %v", test.name, got, test.want)
		}
	}
	if us.gone("nonsense") {
		t.Error("a name that cannot be read counts as gone")
	}
}

func TestTheLeaseOfAProcessThatIsAliveIsWaitedFor(t *testing.T) {
	reg, err := registry.Open(t.Context(), "sqlite:"+filepath.Join(t.TempDir(), "r.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer reg.Close()
	first, second := newLease(reg, zerolog.Nop()), newLease(reg, zerolog.Nop())
	second.owner.place = "another machine"
	if err := first.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := second.acquire(ctx); err == nil {
		t.Fatal("two processes have the lease")
	}
	first.release(t.Context())
	if err := second.acquire(t.Context()); err != nil {
		t.Fatal(err)
	}
}
