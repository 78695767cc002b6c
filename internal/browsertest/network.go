package browsertest

import (
	"context"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Offline takes the tab's connection away, or gives it back. Pages learn of it as in a browser whose line is dead.
func (p *Tab) Offline(off bool) *Tab {
	p.t.Helper()
	p.try("change the connection", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{
			MatchedNetworkConditions: []*network.Conditions{{Offline: off, DownloadThroughput: -1, UploadThroughput: -1}},
		})
		if err != nil {
			return err
		}
		_, err = chromedp.Call(ctx, network.OverrideNetworkState, network.OverrideNetworkStateParams{Offline: off, DownloadThroughput: -1, UploadThroughput: -1})
		return err
	})
	return p
}

// Sleep freezes the page as a phone does that was put away, or wakes it.
func (p *Tab) Sleep(asleep bool) *Tab {
	p.t.Helper()
	state := page.SetWebLifecycleStateStateActive
	if asleep {
		state = page.SetWebLifecycleStateStateFrozen
	}
	p.try("put the page to sleep or wake it", func(ctx context.Context) error {
		_, err := chromedp.Call(ctx, page.SetWebLifecycleState, page.SetWebLifecycleStateParams{State: state})
		if err == nil && !asleep {
			_, err = chromedp.Call(ctx, page.BringToFront, cdp.Empty{}) // who wakes a phone looks at it
		}
		return err
	})
	return p
}
