package sortition

import (
	"fmt"
	"slices"
	"strings"
)

// AnnouncePanels returns what is published before one of the panels is drawn. The pool's members are the panels by their number,
// from 1, each with its tickets as weight. The draw's id is drawID, a slash and the hash of the list of panels, so that the seed
// follows from the list too. Everybody who is on a panel may contribute. Errors wrap ErrDraw.
func AnnouncePanels(drawID string, d Distribution, secret []byte) (Draw, error) {
	out, err := Announce(drawID+"/"+hexHash(panelLines(d.Panels)), panelPool(d.Panels), secret)
	if err != nil {
		return Draw{}, err
	}
	out.Panels = d.Panels
	for _, p := range d.Panels {
		out.Contributors = append(out.Contributors, p.Members...)
	}
	slices.Sort(out.Contributors)
	out.Contributors = slices.Compact(out.Contributors)
	return out, nil
}

// Drawn returns the panel that was drawn, or nil if none was.
func (d Draw) Drawn() []int64 {
	if len(d.Order) == 0 || d.Order[0] < 1 || d.Order[0] > int64(len(d.Panels)) {
		return nil
	}
	return d.Panels[d.Order[0]-1].Members
}

// panelLines is the list as it is hashed: a line "number,tickets:id id id" for each panel.
func panelLines(panels []Panel) string {
	var b strings.Builder
	for i, p := range panels {
		fmt.Fprintf(&b, "%d,%d:%s\n", i+1, p.Tickets, strings.Trim(fmt.Sprint(p.Members), "[]"))
	}
	return b.String()
}

func panelPool(panels []Panel) Pool {
	var pool Pool
	for i, p := range panels {
		pool = append(pool, Member{int64(i + 1), p.Tickets})
	}
	return pool
}

// checkPanels refuses a list of panels that is not the one in the draw's id, or not what the pool stands for.
func (d Draw) checkPanels() error {
	if hash := hexHash(panelLines(d.Panels)); !strings.HasSuffix(d.ID, "/"+hash) {
		return fmt.Errorf("%w: it has the hash %s, which the draw's id does not end with", ErrDraw, hash)
	}
	if !slices.Equal(d.Pool, panelPool(d.Panels)) {
		return fmt.Errorf("%w: the tickets of the panels are not the weights in the pool", ErrDraw)
	}
	return nil
}
