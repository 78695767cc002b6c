package browsertest

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Grab presses the mouse, or a finger where the look is that of a phone, on the middle of what a selector finds, which is
// brought onto the screen first.
func (p *Tab) Grab(selector string) *Tab {
	p.t.Helper()
	Eval[bool](p, fmt.Sprintf(`document.querySelector(%s).scrollIntoView({block: "center", behavior: "instant"}), true`, quote(selector)))
	at := Eval[[]float64](p, middle(selector))
	p.pointer(input.DispatchMouseEventTypeMousePressed, input.DispatchTouchEventTypeTouchStart, at)
	return p
}

// Haul moves what was grabbed to the middle of what a selector finds and then down by so many pixels. As a person would, it goes no
// farther than the edge of the screen, and follows while the page comes along.
func (p *Tab) Haul(selector string, down float64) *Tab {
	p.t.Helper()
	for end := time.Now().Add(patience); ; {
		to := Eval[[]float64](p, middle(selector))
		to[1] += down
		y := min(max(to[1], 10), float64(p.look.Height)-10)
		p.pointer(input.DispatchMouseEventTypeMouseMoved, input.DispatchTouchEventTypeTouchMove, []float64{to[0], y + 12})
		p.pointer(input.DispatchMouseEventTypeMouseMoved, input.DispatchTouchEventTypeTouchMove, []float64{to[0], y})
		Eval[bool](p, twoFrames) // for the page to come along, if it does
		if now := Eval[[]float64](p, middle(selector)); y == to[1] && now[1]+down == y {
			return p
		}
		if time.Now().After(end) {
			p.fail("haul to "+selector, errors.New("it is not on the screen, and the page does not come along"))
		}
	}
}

// HaulTo moves what was grabbed to a height on the screen.
func (p *Tab) HaulTo(y float64) *Tab {
	p.t.Helper()
	for _, short := range []float64{40, 0} {
		p.pointer(input.DispatchMouseEventTypeMouseMoved, input.DispatchTouchEventTypeTouchMove, []float64{100, y - short})
	}
	return p
}

// Drop lets go of what was grabbed where it is.
func (p *Tab) Drop() *Tab {
	p.t.Helper()
	p.pointer(input.DispatchMouseEventTypeMouseReleased, input.DispatchTouchEventTypeTouchEnd, *p.at)
	return p
}

const twoFrames = `new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`

func middle(selector string) string {
	return fmt.Sprintf(`(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector(%s).getBoundingClientRect())`, quote(selector))
}

// pointer does one step of a drag in the manner of the look.
func (p *Tab) pointer(mouse input.DispatchMouseEventType, touch input.DispatchTouchEventType, at []float64) {
	p.t.Helper()
	*p.at = at
	p.try("drag", func(ctx context.Context) error {
		if !p.look.Touch {
			_, err := chromedp.Call(ctx, input.DispatchMouseEvent, input.DispatchMouseEventParams{
				Type: mouse, X: at[0], Y: at[1], Button: input.MouseButtonLeft, Buttons: 1, ClickCount: 1,
			})
			return err
		}
		points := []*input.TouchPoint{}
		if touch != input.DispatchTouchEventTypeTouchEnd {
			points = append(points, &input.TouchPoint{X: at[0], Y: at[1]})
		}
		_, err := chromedp.Call(ctx, input.DispatchTouchEvent, input.DispatchTouchEventParams{Type: touch, TouchPoints: points})
		return err
	})
}
